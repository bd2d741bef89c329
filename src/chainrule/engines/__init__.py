"""Program → something that runs."""
