"""Where the samples stand, and how other worksheets fetch the selected one: a page for each kind of data."""
