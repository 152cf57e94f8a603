//! The words of the language.

use crate::source::Span;

/// A word with its place. Its text is the source text at its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// Which.
    pub kind: TokenKind,
    /// Where.
    pub span: Span,
}

macro_rules! tokens {
    ($( $name:ident $shown:literal $doc:literal, )*) => {
        /// The kinds of words.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum TokenKind {
            $( #[doc = $doc] $name, )*
        }

        impl TokenKind {
            /// How a person calls it in a message.
            pub fn shown(self) -> &'static str {
                match self { $( TokenKind::$name => $shown, )* }
            }
        }
    };
}

tokens! {
    Ident "a name" "`web`",
    Int "a number" "`42`",
    Float "a number" "`1.5`",
    Path "a path" "`./a/b`, without interpolation",
    Url "a URL" "`https://example.org`, already reported",
    SearchPath "a search path" "`<nixpkgs>`, already reported",
    Unknown "a character without meaning" "what means nothing, already reported",
    Regex "a regular expression" "`/…/` in `String(/…/)`",
    If "`if`" "`if`",
    Then "`then`" "`then`",
    Else "`else`" "`else`",
    Assert "`assert`" "`assert`",
    With "`with`" "`with`",
    Let "`let`" "`let`",
    In "`in`" "`in`",
    Rec "`rec`" "`rec`",
    Inherit "`inherit`" "`inherit`",
    Or "`or`" "`or`",
    StrOpen "a string" "the opening `\"`",
    StrText "a string" "text between `\"`",
    StrClose "`\"`" "the closing `\"`",
    IndOpen "a string" "the opening `''`, with the rest of a blank first line",
    IndText "a string" "text between `''` that takes part in the indentation",
    IndEscape "a string" "an escape, a lone `$` or `'` between `''`",
    IndClose "`''`" "the closing `''`",
    PathOpen "a path" "the text of a path up to its first interpolation",
    PathText "a path" "further text of a path with interpolations",
    PathClose "the end of a path" "the empty end of a path with interpolations",
    InterpOpen "`${`" "`${`",
    InterpClose "`}`" "the `}` that ends an interpolation",
    LParen "`(`" "`(`",
    RParen "`)`" "`)`",
    LBracket "`[`" "`[`",
    RBracket "`]`" "`]`",
    LBrace "`{`" "`{`",
    RBrace "`}`" "`}`",
    Semicolon "`;`" "`;`",
    Comma "`,`" "`,`",
    Colon "`:`" "`:`",
    Dot "`.`" "`.`",
    DotDot "`..`" "`..` of a range",
    Ellipsis "`...`" "`...`",
    At "`@`" "`@`",
    Question "`?`" "`?`",
    Assign "`=`" "`=`",
    EqEq "`==`" "`==`",
    NotEq "`!=`" "`!=`",
    Less "`<`" "`<`",
    LessEq "`<=`" "`<=`",
    Greater "`>`" "`>`",
    GreaterEq "`>=`" "`>=`",
    AndAnd "`&&`" "`&&`",
    OrOr "`||`" "`||`",
    Arrow "`->`" "`->`",
    Update "`//`" "`//`",
    Concat "`++`" "`++`",
    Plus "`+`" "`+`",
    Minus "`-`" "`-`",
    Star "`*`" "`*`",
    Slash "`/`" "`/`",
    Not "`!`" "`!`",
    PipeRight "`|>`" "`|>`",
    PipeLeft "`<|`" "`<|`",
    Bar "`|`" "`|` between types",
    Ampersand "`&`" "`&` between types",
}

impl TokenKind {
    /// The keyword spelled so.
    pub(super) fn keyword(text: &str) -> Option<TokenKind> {
        Some(match text {
            "if" => TokenKind::If,
            "then" => TokenKind::Then,
            "else" => TokenKind::Else,
            "assert" => TokenKind::Assert,
            "with" => TokenKind::With,
            "let" => TokenKind::Let,
            "in" => TokenKind::In,
            "rec" => TokenKind::Rec,
            "inherit" => TokenKind::Inherit,
            "or" => TokenKind::Or,
            _ => return None,
        })
    }
}
