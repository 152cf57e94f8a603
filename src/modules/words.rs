//! The names that the module system itself gives a meaning, interned once.

use crate::symbol::Symbol;

macro_rules! words {
    ($( $field:ident = $name:literal, )*) => {
        /// The names with a meaning here.
        pub(super) struct Words {
            $( pub(super) $field: Symbol, )*
        }

        impl Words {
            fn new() -> Words {
                Words { $( $field: Symbol::new($name), )* }
            }
        }
    };
}

words! {
    mark = "_type",
    condition = "condition",
    content = "content",
    contents = "contents",
    priority = "priority",
    imports = "imports",
    options = "options",
    config = "config",
    file = "_file",
    class = "_class",
    key = "key",
    disabled = "disabledModules",
    freeform = "freeformType",
    meta = "meta",
    module = "_module",
    args = "args",
    check = "check",
    lib = "lib",
    name = "name",
    functor = "__functor",
    function_args = "__functionArgs",
    ty = "type",
    default = "default",
    apply = "apply",
    optional = "optional",
    read_only = "readOnly",
    internal = "internal",
    visible = "visible",
    kind = "kind",
    api_version = "apiVersion",
    metadata = "metadata",
    special_args = "specialArgs",
    own_prefix = "_prefix",
    extend_modules = "extendModules",
    module_type = "moduleType",
    modules_path = "modulesPath",
    example = "example",
    description = "description",
    loc = "loc",
    value = "value",
    alias_of = "aliasOf",
    placeholder = "placeholder",
    to_string = "__toString",
    out_path = "outPath",
}

thread_local! {
    // Symbols belong to their thread, and so do these; they live as long as the thread's table.
    static WORDS: &'static Words = Box::leak(Box::new(Words::new()));
}

/// The names with a meaning here.
pub(super) fn words() -> &'static Words {
    WORDS.with(|words| *words)
}
