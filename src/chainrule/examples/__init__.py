"""Networks that come with the package, each a text in the notation; some with data measured by others."""
