"""Networks that come with the package, each a text in the notation; `line` and `growth` with data measured by others."""
