"""From the files a board has to checked, pseudonymised tables."""
