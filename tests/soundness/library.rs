//! Functions that programs call: some of the builtins and of `lib`, and small ones that programs bind themselves.
//! Their types are written here once more, by what the functions do.

use crate::types::{Field, Presence, Ty, small};

/// A function to call.
#[derive(Clone)]
pub struct Callable {
    /// As it is written.
    pub name: String,
    pub arguments: Vec<Ty>,
    pub result: Ty,
}

/// A function that a program may bind.
pub struct Helper {
    pub name: &'static str,
    pub text: &'static str,
    /// Its type as an annotation, where it can be written.
    pub annotation: Option<&'static str>,
    pub arguments: Vec<Ty>,
    pub result: Ty,
}

const A: Ty = Ty::Var("a");
const B: Ty = Ty::Var("b");

fn function(from: &[Ty], to: Ty) -> Ty {
    from.iter().rev().fold(to, |to, from| Ty::function(from.clone(), to))
}

fn open(name: &'static str, ty: Ty) -> Ty {
    Ty::Record { fields: vec![Field { name, ty, presence: Presence::Required }], open: true }
}

/// What is there without being bound.
pub fn callables() -> Vec<Callable> {
    let list = Ty::list;
    let (predicate, named) = (function(&[A], Ty::Bool), function(&[Ty::Str, A], B));
    let all: Vec<(&str, Vec<Ty>, Ty)> = vec![
        ("map", vec![function(&[A], B), list(A)], list(B)),
        ("builtins.filter", vec![predicate.clone(), list(A)], list(A)),
        ("builtins.foldl'", vec![function(&[B, A], B), B, list(A)], B),
        ("lib.foldr", vec![function(&[A, B], B), B, list(A)], B),
        ("builtins.genList", vec![function(&[Ty::Int], A), small()], list(A)),
        ("builtins.length", vec![list(A)], Ty::Int),
        ("builtins.head", vec![list(A)], A),
        ("lib.last", vec![list(A)], A),
        ("builtins.concatLists", vec![list(list(A))], list(A)),
        ("lib.concatMap", vec![function(&[A], list(B)), list(A)], list(B)),
        ("builtins.elem", vec![A, list(A)], Ty::Bool),
        ("builtins.all", vec![predicate.clone(), list(A)], Ty::Bool),
        ("lib.any", vec![predicate.clone(), list(A)], Ty::Bool),
        ("lib.count", vec![predicate.clone(), list(A)], Ty::Int),
        ("lib.partition", vec![predicate.clone(), list(A)], Ty::record(&[("right", list(A)), ("wrong", list(A))])),
        ("lib.optional", vec![Ty::Bool, A], list(A)),
        ("lib.optionals", vec![Ty::Bool, list(A)], list(A)),
        ("lib.singleton", vec![A], list(A)),
        ("lib.unique", vec![list(A)], list(A)),
        ("lib.reverseList", vec![list(A)], list(A)),
        ("lib.take", vec![small(), list(A)], list(A)),
        ("lib.drop", vec![small(), list(A)], list(A)),
        ("lib.range", vec![small(), small()], list(Ty::Int)),
        ("lib.findFirst", vec![predicate, A, list(A)], A),
        ("lib.imap0", vec![function(&[Ty::Int, A], B), list(A)], list(B)),
        ("lib.zipListsWith", vec![function(&[A, B], Ty::Var("c")), list(A), list(B)], list(Ty::Var("c"))),
        ("builtins.groupBy", vec![function(&[A], Ty::Str), list(A)], Ty::map(list(A))),
        ("lib.sort", vec![function(&[Ty::Int, Ty::Int], Ty::Bool), list(Ty::Int)], list(Ty::Int)),
        ("builtins.mapAttrs", vec![named.clone(), Ty::map(A)], Ty::map(B)),
        ("lib.mapAttrsToList", vec![named, Ty::map(A)], list(B)),
        ("lib.filterAttrs", vec![function(&[Ty::Str, A], Ty::Bool), Ty::map(A)], Ty::map(A)),
        ("lib.foldlAttrs", vec![function(&[B, Ty::Str, A], B), B, Ty::map(A)], B),
        ("lib.genAttrs", vec![list(Ty::Str), function(&[Ty::Str], A)], Ty::map(A)),
        ("builtins.attrNames", vec![Ty::map(A)], list(Ty::Str)),
        ("lib.attrValues", vec![Ty::map(A)], list(A)),
        ("lib.optionalAttrs", vec![Ty::Bool, Ty::map(A)], Ty::map(A)),
        ("lib.nameValuePair", vec![Ty::Str, A], Ty::record(&[("name", Ty::Str), ("value", A)])),
        ("builtins.listToAttrs", vec![list(Ty::record(&[("name", Ty::Str), ("value", A)]))], Ty::map(A)),
        ("lib.catAttrs", vec![Ty::text("port"), list(Ty::map(A))], list(A)),
        ("builtins.removeAttrs", vec![Ty::map(A), list(Ty::Str)], Ty::map(A)),
        ("lib.zipAttrsWith", vec![function(&[Ty::Str, list(A)], B), list(Ty::map(A))], Ty::map(B)),
        ("lib.mergeAttrs", vec![Ty::map(A), Ty::map(A)], Ty::map(A)),
        ("lib.concatStringsSep", vec![Ty::text(","), list(Ty::Str)], Ty::Str),
        ("lib.concatMapStringsSep", vec![Ty::Str, function(&[A], Ty::Str), list(A)], Ty::Str),
        ("lib.optionalString", vec![Ty::Bool, Ty::Str], Ty::Str),
        ("lib.toUpper", vec![Ty::Str], Ty::Str),
        ("lib.hasPrefix", vec![Ty::Str, Ty::Str], Ty::Bool),
        ("lib.removeSuffix", vec![Ty::Str, Ty::Str], Ty::Str),
        ("lib.splitString", vec![Ty::text(","), Ty::Str], list(Ty::Str)),
        ("builtins.stringLength", vec![Ty::Str], Ty::Int),
        ("builtins.substring", vec![small(), small(), Ty::Str], Ty::Str),
        ("toString", vec![Ty::Union(vec![Ty::Int, Ty::Bool, Ty::Str, Ty::Null])], Ty::Str),
        ("builtins.toJSON", vec![Ty::map(A)], Ty::Str),
        ("lib.boolToString", vec![Ty::Bool], Ty::Str),
        ("lib.max", vec![Ty::Int, Ty::Int], Ty::Int),
        ("lib.min", vec![Ty::Str, Ty::Str], Ty::Str),
        ("builtins.add", vec![Ty::Int, Ty::Number], Ty::Number),
        ("lib.id", vec![A], A),
        ("lib.const", vec![A, B], A),
        ("lib.flip", vec![function(&[A, B], Ty::Var("c")), B, A], Ty::Var("c")),
        ("lib.mapNullable", vec![function(&[A], B), Ty::Union(vec![A, Ty::Null])], Ty::Union(vec![B, Ty::Null])),
        ("lib.defaultTo", vec![A, Ty::Union(vec![A, Ty::Null])], A),
        ("builtins.seq", vec![A, B], B),
        ("lib.toList", vec![Ty::Int], list(Ty::Int)),
        ("builtins.typeOf", vec![A], Ty::Str),
    ];
    all.into_iter().map(|(name, arguments, result)| Callable { name: name.into(), arguments, result }).collect()
}

/// What programs may bind.
pub fn helpers() -> Vec<Helper> {
    let helper = |name, text, annotation, arguments, result| Helper { name, text, annotation, arguments, result };
    let pair = Ty::record(&[("left", A), ("right", B)]);
    let swapped = Ty::record(&[("left", B), ("right", A)]);
    let nullable = Ty::Union(vec![A, Ty::Null]);
    let wrapped = Ty::record(&[("value", A)]);
    vec![
        helper("same", "x: x", Some("a -> a"), vec![A], A),
        helper("keep", "a: b: a", Some("a -> b -> a"), vec![A, B], A),
        helper("twice", "f: x: f (f x)", Some("(a -> a) -> a -> a"), vec![function(&[A], A), A], A),
        helper("pairOf", "a: b: { left = a; right = b; }", None, vec![A, B], pair.clone()),
        helper("swap", "p: { left = p.right; right = p.left; }", None, vec![pair], swapped),
        helper("portOf", "x: x.port", Some("{ port : a; ... } -> a"), vec![open("port", A)], A),
        helper("hostOf", "{ host, ... }: host", None, vec![open("host", A)], A),
        helper("both", "f: xs: map f (xs ++ xs)", None, vec![function(&[A], B), Ty::list(A)], Ty::list(B)),
        helper(
            "orElse",
            "d: x: if x == null then d else x",
            Some("a -> (a | Null) -> a"),
            vec![A, nullable.clone()],
            A,
        ),
        helper("listed", "x: if builtins.isNull x then [ ] else [ x ]", None, vec![nullable], Ty::list(A)),
        helper("wrap", "value: { inherit value; }", Some("a -> { value : a; }"), vec![A], wrapped.clone()),
        helper("unwrap", "{ value }: value", Some("{ value : a; } -> a"), vec![wrapped], A),
        helper(
            "fold",
            "f: z: xs: if xs == [ ] then z else f (builtins.head xs) (fold f z (builtins.tail xs))",
            Some("(a -> b -> b) -> b -> [a] -> b"),
            vec![function(&[A, B], B), B, Ty::list(A)],
            B,
        ),
        helper(
            "repeat",
            "n: f: x: if n <= 0 then x else repeat (n - 1) f (f x)",
            Some("Int -> (a -> a) -> a -> a"),
            vec![small(), function(&[A], A), A],
            A,
        ),
        helper(
            "total",
            "xs: builtins.foldl' (s: x: s + x) 0 xs",
            Some("[Int] -> Int"),
            vec![Ty::list(Ty::Int)],
            Ty::Int,
        ),
        helper("joined", "a: b: \"${a}-${b}\"", Some("String -> String -> String"), vec![Ty::Str, Ty::Str], Ty::Str),
        helper(
            "shown",
            "x: if builtins.isInt x then toString (x + 1) else if builtins.isString x then x + \"!\" else \"none\"",
            Some("(Int | String | Null) -> String"),
            vec![Ty::Union(vec![Ty::Int, Ty::Str, Ty::Null])],
            Ty::Str,
        ),
        helper(
            "sized",
            "{ size ? 1, name, ... }: \"${name}-${toString size}\"",
            None,
            vec![Ty::Record {
                fields: vec![
                    Field { name: "size", ty: Ty::Int, presence: Presence::Optional },
                    Field { name: "name", ty: Ty::Str, presence: Presence::Required },
                ],
                open: false,
            }],
            Ty::Str,
        ),
    ]
}
