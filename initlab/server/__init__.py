"""What stands between the app and the world: how it is opened, guarded, packed, and what is said when it fails."""
