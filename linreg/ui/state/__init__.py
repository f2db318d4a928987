"""What a session has set: settings, controls, pins, own data in the tab. No page layout."""
