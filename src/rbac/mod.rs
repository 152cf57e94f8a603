//! Who may do what: the roles, bindings and accounts of finished objects, read together.
