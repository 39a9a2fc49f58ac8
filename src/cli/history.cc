// taut history: the revisions that an Application was synced to.
#include <fmt/format.h>

#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/connection.hh"
#include "cli/output.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

class History : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("output", 'o', "FORMAT", "json or yaml", &output_, {"json", "yaml", ""});
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) {
      print_error("which application? Usage: taut history APP");
      return kMisused;
    }
    auto outcome = show(arguments[0]);
    if (outcome) return kDone;
    print_error(outcome.error());
    return kFailed;
  }

 private:
  Status show(const std::string& name) {
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto application, get_application(*cluster, connection_.ns, name));
    const Value& history = application["status"]["history"];
    if (!output_.empty()) {
      print_object(history.is_null() ? Value::list() : history, output_);
      return {};
    }
    std::vector<std::vector<std::string>> rows{{"ID", "DEPLOYED", "AGE", "REVISION", "BY"}};
    for (const Value& entry : history.items()) {
      const Value& by = entry["initiatedBy"];
      rows.push_back({std::to_string(entry["id"].as_int()), entry["deployedAt"].str(),
                      age(entry["deployedAt"].as_string()), revision_in(entry),
                      by["automated"].as_bool() ? "automated" : by["username"].str()});
    }
    fmt::print("{}", table(rows));
    return {};
  }

  Connection connection_;
  std::string output_;
};

}  // namespace

std::unique_ptr<Command> make_history() { return std::make_unique<History>(); }

}  // namespace taut::cli
