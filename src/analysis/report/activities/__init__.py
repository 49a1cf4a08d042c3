"""What there is for pupils outside lessons: a section of the municipality's page and of a school's."""
