"""From chapter text to rendered book: parameters, execution, staging and the site build."""
