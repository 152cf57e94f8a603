//! The stable codes. Each has a page `docs/errors/<code>.md` whose example produces it.
//!
//! The hundreds name the floor: 01 syntax, 02 scope, 03 types, 04 evaluation, 05 modules, 06 schema,
//! 07 layers and objects, 08 graph, 09 compliance, 10 files and output. Codes are never reused.

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
pub enum Severity {
    /// No output is written.
    Error,
    /// Worth knowing; the output is written.
    Warning,
}

impl Severity {
    /// `error` or `warning`.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

macro_rules! codes {
    ($( $name:ident = $code:literal $title:literal ; )*) => {
        /// A stable diagnostic code. Those that start with `W` are warnings by nature.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash)]
        pub enum Code {
            $( #[doc = $title] $name, )*
        }

        impl Code {
            /// All codes, by number.
            pub const ALL: &'static [Code] = &[ $( Code::$name, )* ];

            /// The code as it is printed: `E0101`.
            pub fn as_str(self) -> &'static str {
                match self { $( Code::$name => $code, )* }
            }

            /// A few words that name the kind of finding; the title of its page.
            pub fn title(self) -> &'static str {
                match self { $( Code::$name => $title, )* }
            }
        }
    };
}

codes! {
    // 01 syntax
    UnexpectedToken      = "E0101" "something else was expected here";
    MissingSemicolon     = "E0102" "missing `;`";
    UnclosedDelimiter    = "E0103" "a bracket is never closed";
    StrayDelimiter       = "E0104" "a closing bracket without an opening one";
    UnterminatedString   = "E0105" "a string is never closed";
    UnterminatedComment  = "E0106" "a comment is never closed";
    BadCharacter         = "E0107" "a character that has no meaning here";
    BadNumber            = "E0108" "a number that cannot be read";
    NestingTooDeep       = "E0109" "nested too deeply";
    UrlLiteral           = "E0110" "URL literals are not in the language";
    SearchPath           = "E0111" "`<…>` look-ups are not in the language";
    BadPath              = "E0112" "a path that cannot be read";
    MissingElse          = "E0114" "`if` without `else`";
    LetWithoutIn         = "E0115" "`let` without `in`";
    HomePath             = "E0116" "`~/` paths are not in the language";
    NonAssociative       = "E0117" "a comparison chain that has no meaning";
    // 02 scope
    UndefinedVariable    = "E0201" "undefined variable";
    DuplicateAttribute   = "E0202" "an attribute is defined twice";
    DuplicateArgument    = "E0203" "an argument is named twice";
    DynamicInLet         = "E0204" "a computed name where a fixed one is needed";
    NotInLanguage        = "E0205" "a Nix feature that nxk leaves out";
    // 03 types
    TypeMismatch         = "E0301" "a value does not have its type";
    UnknownField         = "E0302" "a field that the type does not have";
    MissingField         = "E0303" "a required field is missing";
    OutOfRange           = "E0304" "a value outside its type's bounds";
    NotAType             = "E0305" "a value where a type is needed";
    // 04 evaluation
    WrongKind            = "E0401" "an operation on a value of the wrong kind";
    MissingAttribute     = "E0402" "an attribute is missing";
    InfiniteRecursion    = "E0403" "a value depends on itself";
    AssertionFailed      = "E0404" "an assertion failed";
    Thrown               = "E0405" "the configuration threw an error";
    Aborted              = "E0406" "evaluation was aborted";
    DivisionByZero       = "E0407" "division by zero";
    Overflow             = "E0408" "an integer does not fit in 64 bits";
    NotAFunction         = "E0409" "something that is not a function is called";
    UnexpectedArgument   = "E0410" "a function is called with an argument it does not take";
    MissingArgument      = "E0411" "a function is called without an argument it needs";
    TooDeep              = "E0412" "evaluation is nested too deeply";
    NoCoercion           = "E0413" "a value that cannot become a string";
    BadArgument          = "E0414" "a builtin cannot work with its argument";
    IndexOutOfRange      = "E0415" "an index outside its list";
    NotComparable        = "E0416" "values that cannot be compared";
    BadDocument          = "E0417" "JSON, YAML or TOML that cannot be read";
    NotData              = "E0418" "a value that cannot be written as data";
    BadRegex             = "E0419" "a regular expression that cannot be read";
    // 05 modules
    UnknownOption        = "E0501" "an option that does not exist";
    ConflictingDefinitions = "E0502" "two definitions that cannot both hold";
    MissingDefinition    = "E0503" "an option is used but never defined";
    WrongDefinition      = "E0504" "a definition does not have its option's type";
    ConflictingDeclarations = "E0505" "an option is declared twice";
    NotAModule           = "E0506" "a module is neither a set nor a function";
    BadSetting           = "E0507" "a `--set` that cannot be applied";
    WrongClass           = "E0508" "a module for another kind of configuration";
    // 06 schema
    UnknownKind          = "E0601" "a kind that Kubernetes does not have";
    UnknownObjectField   = "E0602" "a field that the kind does not have";
    MissingObjectField   = "E0603" "a required field of the object is missing";
    WrongFieldType       = "E0604" "a field of the wrong type";
    NotInEnum            = "E0605" "a value outside the allowed ones";
    BadFormat            = "E0606" "a value of the wrong format";
    DuplicateListKey     = "E0607" "two list items with the same key";
    UnknownVersion       = "E0608" "a version that is not known";
    NotInThisVersion     = "E0609" "an API that this Kubernetes version does not have";
    MissingKind          = "E0610" "an object without a kind";
    BadSpecification     = "E0611" "an OpenAPI document that cannot be distilled";
    ValueOutOfRange      = "E0612" "a number outside what Kubernetes allows";
    ExactlyOneOf         = "E0613" "fields of which exactly one can be set";
    SelectorMismatch     = "E0614" "a selector that does not match its own template";
    UnknownReference     = "E0615" "a reference to something that the object does not declare";
    NotAllowedHere       = "E0616" "a setting that Kubernetes does not allow in this combination";
    BadDefinition        = "E0617" "a custom resource definition that cannot be used";
    AmbiguousKind        = "E0618" "a kind that several groups have";
    // 07 layers and objects
    BadName              = "E0701" "a name that Kubernetes does not accept";
    NameCollision        = "E0702" "two entries that make the same name";
    DuplicateObject      = "E0703" "two objects with the same identity";
    BadLabel             = "E0704" "a label or annotation that Kubernetes does not accept";
    BadCombination       = "E0706" "options that contradict each other";
    // 08 graph
    UnknownDependency    = "E0801" "a dependency that is not declared";
    DependencyWithoutPorts = "E0802" "a dependency that has no ports";
    UnknownDependencyPort = "E0803" "a dependency on a port that is not there";
    UnknownExposedPort   = "E0804" "a port is opened that is not there";
    UnknownSecret        = "E0805" "a secret that is not declared";
    UndeclaredConnection = "E0806" "a connection is open that nothing declares";
    ClosedConnection     = "E0807" "a declared connection is closed";
    PodsNotThere         = "E0813" "an application whose pods are not there";
    // 09 compliance
    MissingCompliance    = "E0901" "compliance data that is demanded is missing";
    MandatoryLabel       = "E0902" "a mandatory label or annotation cannot be overridden";
    MutableTag           = "E0903" "an image tag that can change";
    ControlFailed        = "E0905" "a compliance control is not met";
    ExpiredException     = "E0907" "an exception that no longer holds";
    LevelTooLow          = "E0909" "a level below that of the environment";
    PlaintextCredential  = "E0910" "a credential in plain text";
    VisibleSecret        = "E0911" "a secret would become visible";
    UnsealedSecret       = "E0912" "a secret that is not sealed";
    NativeSecret         = "E0914" "a secret that nothing encrypts";
    RefusedAtAdmission   = "E0920" "what an admission policy would refuse";
    UnsupportedBackend   = "E0922" "a back end for policies that the target does not have";
    ExcessivePermission  = "E0930" "a permission that is too much for the level";
    // 10 files and output
    FileNotFound         = "E1001" "a file is not there";
    FileNotReadable      = "E1002" "a file cannot be read";
    NotUtf8              = "E1003" "a file is not UTF-8 text";
    FileTooLarge         = "E1004" "a file is too large";
    OutsideRoot          = "E1005" "a path leaves the project";
    ImportCycle          = "E1006" "files import each other in a circle";
    OutputNotWritten     = "E1007" "the output could not be written";
    ForeignOutput        = "E1008" "the output folder holds files that nxk did not make";
    BadCertificate       = "E1009" "a certificate that cannot be sealed with";
    BadLockFile          = "E1010" "a lock file that cannot be read";
    OutputOverSource     = "E1012" "the output would take the place of a source";
    NoGitOps             = "E1013" "no GitOps tool is named";
    GitOpsOverDeployed   = "E1014" "the objects of a GitOps tool would take the place of what they deploy";
    NotImported          = "E1030" "a manifest that a configuration cannot reproduce";
    FileInTheWay         = "E1040" "a file stands where a new one would go";
    // warnings
    DeprecatedApi        = "W0601" "an API that is deprecated";
    ModuleWarning        = "W0501" "a warning raised by a module";
    SelectorWithoutPods  = "W0705" "a selector that matches no pod";
    StartupCycle         = "W0801" "applications that wait for each other";
    RuleWithoutEffect    = "W0808" "part of a policy that has no effect";
    UnprotectedPods      = "W0809" "pods that no policy protects";
    WebhookCutOff        = "W0811" "a webhook that the API server cannot call";
    PolicyNotJudged      = "W0812" "part of a policy that is not judged";
    MutableTagWarning    = "W0903" "an image tag that can change";
    MissingDigest        = "W0904" "an image without a digest";
    ControlExempted      = "W0906" "a compliance control is not met, with an exception";
    UnusedException      = "W0908" "an exception that nothing needs";
    PlaintextCredentialWarning = "W0910" "a credential in plain text";
    StaleSeal            = "W0913" "a secret that should be sealed again";
    DeprecatedBackend    = "W0921" "a back end for policies that is deprecated";
    ExcessivePermissionWarning = "W0930" "a permission that is too much for the level";
    EnvironmentBeyondChart = "W1050" "an environment that a chart does not reach";
    KeyReadOtherwise     = "W1011" "a key that is read as another text";
    LeftOut              = "W1031" "what an import leaves out";
}

impl Code {
    /// The severity that findings with this code have unless said otherwise.
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('W') { Severity::Warning } else { Severity::Error }
    }
}
