"""What time alone does to mutual help, by subject. Imported when the application starts."""
