{ lib, config, ... }:
{
  imports = [ ./port.nix ];
  options.url = lib.mkOption { type = lib.types.str; };
  config.url = "http://localhost:${toString config.port}";
}
