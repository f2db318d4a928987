"""What several tests share: servers, browsers, hostile files, strategies. No test of its own."""
