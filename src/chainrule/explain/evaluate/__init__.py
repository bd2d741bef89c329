"""The equations of a program at many weights at once → what they give: on numbers, with slopes, on sets of numbers."""
