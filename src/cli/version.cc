#include <fmt/format.h>

#include "cli/all.hh"
#include "cli/version.hh"

namespace taut::cli {
namespace {

class Version : public Command {
 public:
  void declare(Flags& flags) override {
    flags.add("output", 'o', "FORMAT", "json or yaml", &output_, {"json", "yaml", ""});
  }

  int run(const std::vector<std::string>&) override {
    if (output_ == "json") {
      fmt::print("{{\"taut\":\"{}\",\"kubernetes\":\"{}\"}}\n", kVersion, kKubernetesVersion);
    } else if (output_ == "yaml") {
      fmt::print("kubernetes: {}\ntaut: {}\n", kKubernetesVersion, kVersion);
    } else {
      fmt::print("taut {} (built-in kinds of Kubernetes {})\n", kVersion, kKubernetesVersion);
    }
    return kDone;
  }

 private:
  std::string output_;
};

}  // namespace

std::unique_ptr<Command> make_version() { return std::make_unique<Version>(); }

}  // namespace taut::cli
