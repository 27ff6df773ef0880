"""An .xlsx file as data: read safely, written fast, with the manifest that travels inside."""
