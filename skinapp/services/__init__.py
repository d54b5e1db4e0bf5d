"""What the app does, free of any screen."""
