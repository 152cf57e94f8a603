{
  description = "nxk: a compiler from a small, typed, pure configuration language to checked Kubernetes manifests";

  # Indirect, so that the registry of the one who builds decides where it comes from; `flake.lock`
  # pins it. Rust must be at least the `rust-version` of Cargo.toml.
  inputs.nixpkgs.url = "nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      manifest = (lib.importTOML ./Cargo.toml).package;
      systems = [ "x86_64-linux" "aarch64-linux" "x86_64-darwin" "aarch64-darwin" ];
      forEachSystem = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});

      package =
        pkgs:
        pkgs.rustPlatform.buildRustPackage {
          pname = manifest.name;
          inherit (manifest) version;
          src = self;
          # Every dependency by its checksum, fetched before the build, which has no network.
          cargoLock.lockFile = ./Cargo.lock;
          # `checks.tests` runs them.
          doCheck = false;
          meta = {
            inherit (manifest) description;
            license = lib.licenses.asl20;
            mainProgram = manifest.name;
          };
        };

      # A derivation that is made when `command` succeeds where the package would be built.
      check =
        pkgs: name: command:
        (package pkgs).overrideAttrs (old: {
          pname = "${manifest.name}-${name}";
          nativeBuildInputs = old.nativeBuildInputs or [ ] ++ [ pkgs.clippy pkgs.rustfmt ];
          buildPhase = command;
          installPhase = "touch $out";
        });
    in
    {
      packages = forEachSystem (pkgs: {
        default = package pkgs;
      });

      # The commands of `.ci/run`. Without a network there are no peers: `tests/run` says so.
      checks = forEachSystem (pkgs: {
        package = package pkgs;
        format = check pkgs "format" "cargo fmt --check";
        lints = check pkgs "lints" "cargo clippy --all-targets --locked -- -D warnings";
        tests = check pkgs "tests" "bash tests/run";
      });

      devShells = forEachSystem (pkgs: {
        default = pkgs.mkShell {
          packages = [
            # The compiler.
            pkgs.cargo
            pkgs.rustc
            pkgs.clippy
            pkgs.rustfmt
            pkgs.rust-analyzer
            # The peers. `tests/run` installs the Python ones into `.venv`.
            pkgs.nix
            pkgs.kubernetes-helm
            (pkgs.python3.withPackages (python: [ python.pip python.pyyaml python.jsonschema ]))
          ];
          RUST_SRC_PATH = "${pkgs.rustPlatform.rustLibSrc}";
        };
      });
    };
}
