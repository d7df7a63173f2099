"""Parts of pages: charts, maps, lists side by side."""
