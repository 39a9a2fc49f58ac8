// taut rollback: back to an earlier entry of an Application's history, and held there.
#include <fmt/format.h>

#include <charconv>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/connection.hh"
#include "cli/terminal.hh"
#include "dialect/argo/application.hh"

namespace taut::cli {
namespace {

Result<std::optional<int64_t>> parse_id(const std::vector<std::string>& arguments) {
  if (arguments.size() < 2) return std::optional<int64_t>();
  int64_t id = 0;
  const std::string& text = arguments[1];
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size())
    return fail(Code::kInvalid, "{} is not a history id; see 'taut history {}'", quote(text), arguments[0]);
  return std::optional<int64_t>(id);
}

class Rollback : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("prune", 0, "", "delete what that revision does not hold", &prune_);
    flags.add("async", 0, "", "do not wait for the end", &async_);
    flags.add("timeout", 0, "DURATION", "how long to wait", &timeout_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty() || arguments.size() > 2) {
      print_error("which application? Usage: taut rollback APP [ID]");
      return kMisused;
    }
    auto code = roll_back(arguments);
    if (code) return *code;
    print_error(code.error());
    return kFailed;
  }

 private:
  Result<int> roll_back(const std::vector<std::string>& arguments) {
    TAUT_ASSIGN(auto id, parse_id(arguments));
    TAUT_ASSIGN(auto cluster, connection_.open());
    TAUT_ASSIGN(auto application, get_application(*cluster, connection_.ns, arguments[0]));
    TAUT_ASSIGN(auto operation, argo::rollback_operation(application, id, prune_));
    operation.user = "taut";
    TAUT_ASSIGN(auto asked, request_operation(*cluster, application, argo::operation_patch(operation)["operation"]));
    fmt::print("{} goes back to {}\n", arguments[0], short_revision(operation.revision));
    return async_ ? kDone : follow_operation(*cluster, asked, timeout_);
  }

  Connection connection_;
  bool prune_ = false, async_ = false;
  Duration timeout_ = std::chrono::minutes(10);
};

}  // namespace

std::unique_ptr<Command> make_rollback() { return std::make_unique<Rollback>(); }

}  // namespace taut::cli
