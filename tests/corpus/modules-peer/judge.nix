# Evaluates functions of `lib` one after the other and tells on stderr, line by line, what came of each:
# `case N`, then the class and path of what failed on the way, if anything did, then `value JSON` or `none`.
first: cases:
let
  inherit (builtins) elemAt foldl' genList length seq toJSON toString trace tryEval;
  lib = import ./rendition.nix;

  judged = n:
    let json = tryEval (toJSON ((elemAt cases n) lib)); in
    trace "case ${toString (first + n)}" (if json.success then trace "value ${json.value}" null else trace "none" null);
in
foldl' (_: n: seq (judged n) null) null (genList (n: n) (length cases))
