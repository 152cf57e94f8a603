# The rules of modules once more, in plain Nix: small and slow, and made to be read beside the manual.
#
# A configuration is made in three steps.
#
# 1. `gather` calls the module functions and follows `imports` to one list of
#    `{ options; config; }`, importers in front of what they import; the list is then turned round,
#    so that what was imported last comes first.
# 2. `tree` lays the declarations over each other, name by name, and hands each option its definitions.
#    A definition is a value that may be wrapped (`mkIf`, `mkMerge`, `mkOverride`, `mkOrder`).
#    Around a set of options the wrappers move inwards, to the options (`opened`).
# 3. `settle` takes the wrappers off at one option, and `merged` makes one value by the type.
#
# `config` is an argument of step 1 and the result of step 3: laziness ties the knot.
#
# What is wrong is thrown as `class: path`, and told by `trace` too, because `tryEval` keeps the words to
# itself. The classes are those of `fail` in these two files; `judge.nix` runs the cases.
#
# One thing goes further than NixOS: wrappers may be nested in every order. There, a `mkIf` inside
# `mkForce` ends up in the value; here it is a condition. Of nested priorities the outermost counts.
let
  inherit (builtins)
    attrNames attrValues concatLists concatMap concatStringsSep elem elemAt filter foldl' functionArgs genList
    genericClosure hasAttr head isAttrs isBool isFunction isList isPath isString length listToAttrs mapAttrs
    removeAttrs sort tail toJSON trace tryEval;

  # ---- words

  show = path: concatStringsSep "." path;

  fail = class: path:
    let text = "${class}: ${show path}"; in
    trace "fail ${text}" (throw text);

  # ---- sets and lists

  optional = wanted: item: if wanted then [ item ] else [ ];
  last = list: elemAt list (length list - 1);
  reversed = list: let n = length list; in genList (at: elemAt list (n - 1 - at)) n;
  unique = foldl' (seen: item: if elem item seen then seen else seen ++ [ item ]) [ ];
  namesOf = sets: unique (concatMap attrNames sets);
  setOf = names: value: listToAttrs (map (name: { inherit name; value = value name; }) names);
  # The values under `name`, one for each set that has it.
  at = name: concatMap (set: optional (hasAttr name set) set.${name});
  setAt = path: value: if path == [ ] then value else { ${head path} = setAt (tail path) value; };
  getAt = path: set: foldl' (set: name: set.${name}) set path;
  kindOf = value: if isAttrs value then value._type or "" else "";
  isCallable = value: isFunction value || isAttrs value && value ? __functor;

  # `over` laid on `under`, set into set.
  overlaid = under: over:
    under // mapAttrs (name: value:
      if under ? ${name} && isAttrs value && isAttrs under.${name} then overlaid under.${name} value else value) over;

  # ---- wrappers

  mkIf = condition: content: { _type = "if"; inherit condition content; };
  mkMerge = contents: { _type = "merge"; inherit contents; };
  mkOverride = priority: content: { _type = "override"; inherit priority content; };
  mkOrder = priority: content: { _type = "order"; inherit priority content; };
  plainPriority = 100;
  noPriority = 9999;
  plainOrder = 1000;

  holds = path: condition: if isBool condition then condition else fail "condition" path;

  # Up to the first priority: what is behind it is not looked at, it may lose.
  weighed = path: order: value:
    {
      "if" = if holds path value.condition then weighed path order value.content else [ ];
      merge = concatMap (weighed path order) value.contents;
      order = weighed path (if order == null then value.priority else order) value.content;
      override = [ { inherit (value) priority content; inherit order; } ];
    }.${kindOf value} or [ { priority = plainPriority; content = value; inherit order; } ];

  # All the way, for what has won.
  stripped = path: order: value:
    {
      "if" = if holds path value.condition then stripped path order value.content else [ ];
      merge = concatMap (stripped path order) value.contents;
      order = stripped path (if order == null then value.priority else order) value.content;
      override = stripped path order value.content;
    }.${kindOf value} or [ { inherit value order; } ];

  inOrder = items:
    let rank = item: if item.order == null then plainOrder else item.order; in
    map (item: item.value) (sort (a: b: rank a < rank b) items);

  # The values that count among definitions, and their priority.
  settle = path: definitions: strongest path (concatMap (weighed path null) definitions);

  strongest = path: candidates:
    let
      priority = foldl' (least: item: if item.priority < least then item.priority else least) noPriority candidates;
      rest = filter (item: item.priority != priority) candidates;
      winners = concatMap (item: stripped path item.order item.content)
        (filter (item: item.priority == priority) candidates);
    in
    if candidates == [ ] then { priority = noPriority; values = [ ]; }
    else if winners == [ ] then strongest path rest
    else { inherit priority; values = inOrder winners; };

  # Sets of definitions, with the wrappers moved to the attributes.
  opened = path: value:
    let inwards = wrap: map (mapAttrs (_: wrap)) (opened path value.content); in
    {
      "if" = inwards (mkIf value.condition);
      override = inwards (mkOverride value.priority);
      order = inwards (mkOrder value.priority);
      merge = concatMap (opened path) value.contents;
    }.${kindOf value} or (if isAttrs value then [ value ] else fail "type" path);

  # The value of definitions under a type.
  merged = path: type: definitions:
    let
      settled = settle path definitions;
      inherit (settled) values;
    in
    settled // {
      isDefined = values != [ ];
      value =
        if values == [ ] then fail "undefined" path
        else if builtins.all type.check values then type.merge path values
        else fail "type" path;
    };

  # ---- step 1: modules

  about = [ "_class" "_file" "key" "disabledModules" "imports" "freeformType" "meta" ];

  # Whatever a function asks for by name is given to it, so a default in the function is never used.
  called = arguments: value:
    let
      function = if isAttrs value then value.__functor value else value;
      asked = if isAttrs value then value.__functionArgs or (functionArgs function) else functionArgs function;
      given = name: _: arguments.${name} or arguments.config._module.args.${name} or (fail "argument" [ name ]);
    in
    function (arguments // mapAttrs given asked);

  # One module and those that it imports, each with its key.
  read = arguments: key: given:
    let
      content =
        if isPath given || isString given then import given
        else if elem (kindOf given) [ "if" "merge" "override" ] then { config = given; }
        else given;
      set = if isCallable content then called arguments content else content;
      isSplit = set ? config || set ? options;
      stray = filter (name: !elem name (about ++ [ "config" "options" ])) (attrNames set);
      own = set.key or (if isPath given || isString given then toString given else key);
      config = if isSplit then set.config or { } else removeAttrs set about;
      freeform = optional (set ? freeformType) { _module.freeformType = set.freeformType; };
      checked =
        if !isAttrs set then fail "module" [ ]
        else if !elem (set._class or null) [ null arguments._class ] && arguments._class != null then fail "module" [ ]
        else if isSplit && stray != [ ] then fail "unknown" [ (head stray) ]
        else set;
    in
    {
      key = own;
      disabled = map keyOf (checked.disabledModules or [ ]);
      options = checked.options or { };
      configs = builtins.seq checked (freeform ++ [ config ]);
      imports = readAll arguments own (checked.imports or [ ]);
    };

  keyOf = module: if isAttrs module then module.key else toString module;

  readAll = arguments: parent: modules:
    genList (n: read arguments "${parent}:${toString n}" (elemAt modules n)) (length modules);

  gather = arguments: modules:
    let
      found = readAll arguments "" modules;
      disabledIn = module: module.disabled ++ concatMap disabledIn module.imports;
      disabled = concatMap disabledIn found;
      enabled = filter (module: !elem module.key disabled);
      closure = genericClosure { startSet = enabled found; operator = module: enabled module.imports; };
    in
    reversed closure;

  # ---- step 2: options

  mkOption = attrs: attrs // { _type = "option"; };
  isOption = value: kindOf value == "option";

  # Two declarations of one option. What only one may say, both must not.
  jointly = path: one: other:
    let
      both = name: one ? ${name} && other ? ${name};
      type = one.type.combine other.type;
    in
    if both "default" || both "apply" || both "description" || both "example" then fail "declared" path
    else if !both "type" then other // one
    else if type == null then fail "declared" path
    else other // one // { inherit type; };

  option = types: path: declarations: definitions:
    let
      declared = foldl' (jointly path) (head declarations) (tail declarations);
      type = declared.type or types.unspecified;
      default = optional (declared ? default) (mkOverride 1500 declared.default);
      all = default ++ definitions;
      result = merged path type all;
      final = if (declared.readOnly or false) && length all > 1 then fail "readonly" path else result.value;
    in
    removeAttrs declared [ "type" ] // {
      inherit type;
      inherit (result) isDefined;
      loc = path;
      highestPrio = result.priority;
      definitions = result.values;
      value = (declared.apply or (value: value)) final;
      files = map (_: "a file") result.values;
      definitionsWithLocations = map (value: { file = "a file"; inherit value; }) result.values;
    };

  # The options below a path: `options`, their values as `config`, and `stray` definitions
  # (`{ path; value; }`) of what is not declared.
  tree = types: path: declared: definitions:
    let
      child = name:
        let
          here = path ++ [ name ];
          declarations = at name declared;
          given = at name definitions;
          options = filter isOption declarations;
          inner = tree types here declarations (concatMap (opened here) given);
          leaf = option types here declarations given;
        in
        if !builtins.all isAttrs declarations then fail "declaration" here
        else if options == [ ] then { inherit (inner) options config stray; }
        else if length options == length declarations then { options = leaf; config = leaf.value; stray = [ ]; }
        else fail "declared" here;
      names = namesOf declared;
      children = setOf names child;
      undeclared = filter (name: !elem name names) (namesOf definitions);
    in
    {
      options = mapAttrs (_: child: child.options) children;
      config = mapAttrs (_: child: child.config) children;
      stray =
        concatMap (name: map (value: { path = path ++ [ name ]; inherit value; }) (at name definitions)) undeclared
        ++ concatMap (child: child.stray) (attrValues children);
    };

  # ---- step 3: the knot

  evalModules = { modules, specialArgs ? { }, prefix ? [ ], class ? null, ... }@request:
    let
      arguments = { inherit lib options config specialArgs; _class = class; } // specialArgs;
      own = {
        options._module = {
          args = mkOption { type = types.lazyAttrsOf types.raw; };
          check = mkOption { type = types.bool; default = true; };
          freeformType = mkOption { type = types.nullOr types.optionType; default = null; };
        };
        config._module.args = { inherit extendModules; moduleType = type; } // request.args or { };
      };
      gathered = gather arguments (modules ++ [ own ]);
      definitions = concatMap (module: concatMap (opened prefix) module.configs) gathered;
      grown = tree types prefix (map (module: module.options) gathered) definitions;
      inherit (grown) options stray;
      freeform = grown.config._module.freeformType;
      # Paths of what is not declared, from here on.
      below = path: genList (n: elemAt path (length prefix + n)) (length path - length prefix);
      free = if stray == [ ] then { }
        else freeform.merge prefix (map (found: setAt (below found.path) found.value) stray);
      config = if freeform == null then grown.config else overlaid free grown.config;
      isClean = stray == [ ] || freeform != null || !grown.config._module.check;
      extendModules = { modules ? [ ], specialArgs ? { }, prefix ? request.prefix or [ ] }: evalModules (request // {
        modules = request.modules ++ modules;
        specialArgs = request.specialArgs or { } // specialArgs;
        inherit prefix;
      });
      type = types.submoduleWith { inherit modules specialArgs class; };
    in
    {
      inherit class options extendModules type;
      inherit (config) _module;
      _type = "configuration";
      config = if isClean then removeAttrs config [ "_module" ] else fail "unknown" (head stray).path;
    };

  # ---- options that moved

  # Definitions of the option `old` as definitions at `to`, as strong as they were.
  passedOn = to: old:
    mkIf old.isDefined (setAt to (mkMerge (map (mkOverride old.highestPrio) old.definitions)));

  moved = from: to: { config, options, ... }:
    let
      # What is inside a submodule is no option out here.
      new = foldl' (set: name: set.${name} or { }) options to;
      type = if isOption new then new.type else types.submodule { };
    in
    {
      options = setAt from (mkOption { apply = _: getAt to config; inherit type; });
      config = passedOn to (getAt from options);
    };

  removed = path: advice: { options, ... }: {
    options = setAt path (mkOption { apply = _: throw "it is gone: ${advice}"; });
    config.assertions = [ { assertion = !(getAt path options).isDefined; message = advice; } ];
  };

  untouched = "nothing was defined here";

  several = from: to: merge: { config, options, ... }: {
    options = foldl' overlaid { } (map (path: setAt path (mkOption { default = untouched; })) from);
    config = setAt to (mkIf (builtins.any (path: getAt path config != untouched) from) (merge config));
  };

  types = import ./types.nix { inherit lib fail merged settle evalModules isCallable kindOf namesOf setOf at; };

  lib = {
    inherit
      evalModules isOption last mkIf mkMerge mkOption mkOrder mkOverride optional types unique;
    inherit (builtins)
      all any attrNames attrValues concatLists concatMap concatStringsSep elem filter foldl' head isAttrs isInt
      isList isString length listToAttrs mapAttrs stringLength tail toJSON;
    mkOptionDefault = mkOverride 1500;
    mkDefault = mkOverride 1000;
    mkForce = mkOverride 50;
    mkVMOverride = mkOverride 10;
    mkBefore = mkOrder 500;
    mkAfter = mkOrder 1500;
    mkAssert = condition: message: mkIf (condition || throw message);
    mkEnableOption = _: mkOption { type = types.bool; default = false; };
    mkAliasDefinitions = option: mkIf option.isDefined (mkMerge option.definitions);
    mkAliasAndWrapDefinitions = wrap: option: mkIf option.isDefined (wrap (mkMerge option.definitions));
    mkDerivedConfig = option: change: mkOverride option.highestPrio (change option.value);
    mkAliasOptionModule = moved;
    mkRenamedOptionModule = moved;
    mkRemovedOptionModule = removed;
    mkMergedOptionModule = several;
    mkChangedOptionModule = from: several [ from ];
    optionalAttrs = wanted: set: if wanted then set else { };
    optionals = wanted: list: if wanted then list else [ ];
    genAttrs = setOf;
    mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
    filterAttrs = keep: set: setOf (filter (name: keep name set.${name}) (attrNames set)) (name: set.${name});
    setAttrByPath = setAt;
    getAttrFromPath = getAt;
    recursiveUpdate = overlaid;
    concatMapStringsSep = between: f: list: concatStringsSep between (map f list);
    range = from: to: genList (n: from + n) (if to < from then 0 else to - from + 1);
  };
in
lib
