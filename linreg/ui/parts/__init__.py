"""Parts that several pages show: stage, report, code panel, downloads. No page of its own."""
