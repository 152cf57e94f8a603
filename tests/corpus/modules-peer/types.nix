# The types of options, beside `rendition.nix`.
#
# A type is `{ name; check; merge; combine; empty; }`. `check value` looks at the outside of a definition only;
# `merge path values` makes one value of those that count; `combine other` is the type of an option declared
# with both, or null; `empty` is a list with the value that stands for no definitions, if there is one.
{ lib, fail, merged, settle, evalModules, isCallable, kindOf, namesOf, setOf, at }:
let
  inherit (builtins)
    all any attrNames concatLists concatMap concatStringsSep elem elemAt filter foldl' genList head isAttrs isBool
    isFloat isInt isList isPath isString length mapAttrs match removeAttrs stringLength substring tail typeOf;
  inherit (lib) last;

  type = name: check: merge: {
    _type = "option-type";
    inherit name check merge;
    combine = other: if other.name == name then type name (value: check value && other.check value) merge else null;
    empty = [ ];
  };

  # ---- ways to merge

  equal = path: values:
    if all (value: value == head values) values then head values else fail "conflict" path;

  only = path: values: if length values == 1 then head values else fail "conflict" path;

  joined = between: _: concatStringsSep between;

  # What an option without a type does.
  natural = path: values:
    if length values == 1 then head values
    else if all isCallable values then argument: natural path (map (function: function argument) values)
    else if all isList values then concatLists values
    else if all isAttrs values then foldl' (whole: part: whole // part) { } values
    else if all isBool values then any (value: value) values
    else if all isString values then concatStringsSep "" values
    else if all isInt values then equal path values
    else fail "conflict" path;

  # ---- types of types

  # A type with one inside.
  around = name: inner: make: spec: {
    _type = "option-type";
    inherit name;
    empty = [ ];
    combine = other:
      let both = if other.name == name then inner.combine other.inner else null; in
      if both == null then null else make both;
    inherit inner;
  } // spec;

  # A check survives a second declaration; NixOS forgets it.
  addCheck = inner: predicate: inner // {
    check = value: inner.check value && predicate value;
    combine = other:
      let both = inner.combine other; in
      if both == null then null else addCheck both (value: predicate value && other.check value);
  };

  listOf = item: around "listOf" item listOf {
    check = isList;
    empty = [ [ ] ];
    merge = path: lists:
      let
        entry = n: m: path ++ [ "[definition ${toString (n + 1)}-entry ${toString (m + 1)}]" ];
        entries = n: genList (m: merged (entry n m) item [ (elemAt (elemAt lists n) m) ]) (length (elemAt lists n));
      in
      map (entry: entry.value) (filter (entry: entry.isDefined) (concatLists (genList entries (length lists))));
  };

  entriesOf = item: path: sets: setOf (namesOf sets) (name: merged (path ++ [ name ]) item (at name sets));

  attrsOf = item: around "attrsOf" item attrsOf {
    check = isAttrs;
    empty = [ { } ];
    merge = path: sets:
      mapAttrs (_: entry: entry.value) (lib.filterAttrs (_: entry: entry.isDefined) (entriesOf item path sets));
  };

  lazyAttrsOf = item: around "lazyAttrsOf" item lazyAttrsOf {
    check = isAttrs;
    empty = [ { } ];
    merge = path: sets: mapAttrs (_: entry:
      if entry.isDefined || item.empty == [ ] then entry.value else head item.empty) (entriesOf item path sets);
  };

  nullOr = inner: around "nullOr" inner nullOr {
    check = value: value == null || inner.check value;
    empty = [ null ];
    merge = path: values:
      if all (value: value == null) values then null
      else if any (value: value == null) values then fail "conflict" path
      else inner.merge path values;
  };

  uniq = inner: around "uniq" inner uniq {
    inherit (inner) check empty;
    merge = path: values: inner.merge path [ (only path values) ];
  };

  either = one: other: {
    _type = "option-type";
    name = "either";
    empty = [ ];
    inherit one other;
    check = value: one.check value || other.check value;
    merge = path: values:
      if all one.check values then one.merge path values
      else if all other.check values then other.merge path values
      else only path values;
    combine = third:
      let
        left = one.combine third.one;
        right = other.combine third.other;
      in
      if third.name != "either" || left == null || right == null then null else either left right;
  };

  enum = members: (type "enum" (value: elem value members) equal) // {
    inherit members;
    combine = other: if other.name == "enum" then enum (lib.unique (members ++ other.members)) else null;
  };

  functionTo = answer: around "functionTo" answer functionTo {
    check = isCallable;
    merge = path: functions: argument:
      (merged (path ++ [ "<function body>" ]) answer (map (function: function argument) functions)).value;
  };

  coercedTo = from: change: to: {
    _type = "option-type";
    name = "coercedTo";
    inherit (to) empty;
    check = value: from.check value && to.check (change value) || to.check value;
    merge = path: values: to.merge path (map (value: if from.check value then change value else value) values);
    combine = _: null;
  };

  # ---- modules in modules

  submoduleWith = { modules, specialArgs ? { }, shorthandOnlyDefinesConfig ? false, class ? null, ... }@request:
    let asModule = value: if isAttrs value && shorthandOnlyDefinesConfig then { config = value; } else value; in
    {
      _type = "option-type";
      name = "submodule";
      empty = [ { } ];
      inherit request;
      check = value: isAttrs value || isCallable value || isPath value;
      merge = path: values: (evalModules {
        modules = modules ++ [ { _module.args.name = last path; } ] ++ map asModule values;
        inherit specialArgs class;
        prefix = path;
      }).config;
      combine = other:
        if other.name != "submodule" then null
        else submoduleWith (request // { modules = modules ++ other.request.modules; });
    };

  submodule = module: submoduleWith {
    modules = if isList module then module else [ module ];
    shorthandOnlyDefinesConfig = true;
  };

  anything = type "anything" (_: true) (path: values:
    let kind = typeOf (head values); in
    if !all (value: typeOf value == kind) values then fail "conflict" path
    else if kind == "set" then (attrsOf anything).merge path values
    else if kind == "lambda" then argument:
      anything.merge (path ++ [ "<function body>" ]) (map (function: function argument) values)
    else equal path values);

  # A value under exactly one of the tags, each of them an option.
  attrTag = tags: type "attrTag"
    (value: isAttrs value && length (attrNames value) == 1 && tags ? ${head (attrNames value)})
    (path: values:
      let tag = head (attrNames (head values)); in
      if !all (value: value ? ${tag}) values then fail "conflict" path
      else { ${tag} = (merged (path ++ [ tag ]) tags.${tag}.type (map (value: value.${tag}) values)).value; });

  # ---- numbers and strings

  int = type "int" isInt equal;
  number = either int (type "float" isFloat equal);
  str = type "str" isString equal;
  within = low: high: value: low <= value && value <= high;
  between = low: high: addCheck int (within low high);
  strMatching = pattern: (type "strMatching ${pattern}" (value: isString value && match pattern value != null) equal);
  separatedString = between: type "separatedString ${between}" isString (joined between);
  withoutBreak = text:
    let end = stringLength text - 1; in
    if end >= 0 && substring end 1 text == "\n" then substring 0 end text else text;
in
{
  inherit
    addCheck anything attrTag attrsOf coercedTo either enum functionTo int lazyAttrsOf listOf nullOr number
    separatedString str strMatching submodule submoduleWith uniq;

  unspecified = type "unspecified" (_: true) natural;
  raw = type "raw" (_: true) only;
  attrs = type "attrs" isAttrs (_: foldl' (whole: part: whole // part) { }) // { empty = [ { } ]; };
  optionType = type "optionType" (value: kindOf value == "option-type") (path: values:
    let
      both = one: other: let type = one.combine other; in if type == null then fail "conflict" path else type;
    in
    foldl' both (head values) (tail values));
  bool = type "bool" isBool equal;
  boolByOr = type "boolByOr" isBool (_: any (value: value));
  float = type "float" isFloat equal;
  path = type "path" (value: isPath value || isString value && substring 0 1 value == "/") equal;
  lines = separatedString "\n";
  commas = separatedString ",";
  envVar = separatedString ":";
  nonEmptyStr = addCheck str (value: match "[ \t\n]*" value == null);
  singleLineStr =
    let inherit (strMatching "[^\n\r]*\n?") name check merge; in
    type name check (path: values: withoutBreak (merge path values));
  port = between 0 65535;
  ints = {
    inherit between;
    unsigned = addCheck int (value: value >= 0);
    positive = addCheck int (value: value > 0);
    u8 = between 0 255;
    u16 = between 0 65535;
    u32 = between 0 4294967295;
    s8 = between (-128) 127;
    s16 = between (-32768) 32767;
    s32 = between (-2147483648) 2147483647;
  };
  numbers = {
    between = low: high: addCheck number (within low high);
    nonnegative = addCheck number (value: value >= 0);
    positive = addCheck number (value: value > 0);
  };
  nonEmptyListOf = item: addCheck (listOf item) (list: list != [ ]) // { empty = [ ]; };
  oneOf = types: foldl' (done: next: either next done) (last types)
    (tail (genList (n: elemAt types (length types - 1 - n)) (length types)));
  attrsWith = { elemType, lazy ? false, ... }: if lazy then lazyAttrsOf elemType else attrsOf elemType;
  unique = _: uniq;
  deferredModule = type "deferredModule" (value: isAttrs value || isCallable value || isPath value)
    (_: modules: { imports = modules; });
  mkOptionType = { name, check ? (_: true), merge ? null, ... }:
    type name check (path: values:
      if merge == null then natural path values
      else merge path (map (value: { file = "a file"; inherit value; }) values));
}
