//! `nxk completions`

use clap::Args;
use clap_complete::{Shell, generate};

use super::common::{Messages, answer};

/// Write what a shell needs to complete nxk's commands and options
#[derive(Args)]
#[command(
    after_help = "Examples:\n  nxk completions bash > ~/.local/share/bash-completion/completions/nxk   for bash\n  nxk completions zsh > ~/.zfunc/_nxk                                     for zsh, in its fpath\n  nxk completions fish > ~/.config/fish/completions/nxk.fish              for fish"
)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
    #[command(flatten)]
    messages: Messages,
}

impl Completions {
    pub(super) fn run(&self) -> u8 {
        let mut command = super::command();
        let name = command.get_name().to_string();
        let mut script = Vec::new();
        generate(self.shell, &mut command, name, &mut script);
        answer(&String::from_utf8_lossy(&script), &self.messages)
    }
}
