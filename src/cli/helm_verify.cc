// taut helm verify: a packed chart against its provenance file.
#include <fmt/format.h>

#include "cli/helm_commands.hh"
#include "cli/keyring.hh"
#include "cli/terminal.hh"
#include "helm/provenance/provenance.hh"

namespace taut::cli {
namespace {

class HelmVerify : public Command {
 public:
  void declare(Flags& flags) override { flags.add("keyring", 0, "FILE", "the public keys that are trusted", &keyring_); }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) {
      print_error("one chart: taut helm verify PATH");
      return kMisused;
    }
    auto verification = [&] {
      QuietErrors quiet;
      return helm::verify_chart_file(arguments[0], keyring_);
    }();
    if (!verification) return print_helm_error(verification.error());
    fmt::print("{}", helm::verification_text(*verification));
    return kDone;
  }

 private:
  std::string keyring_ = default_keyring();
};

}  // namespace

std::unique_ptr<Command> make_helm_verify() { return std::make_unique<HelmVerify>(); }

}  // namespace taut::cli
