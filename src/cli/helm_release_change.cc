// taut helm rollback, uninstall, test.
#include <fmt/format.h>

#include "base/strings.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_release.hh"
#include "cli/helm_release_print.hh"

namespace taut::cli {
namespace {

int wrong_count(std::string_view command, std::string_view wanted) {
  return print_helm_error(Error(Code::kInvalid, fmt::format("\"helm {}\" requires {}", command, wanted)));
}

class HelmRollback : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    manner_.declare(flags);
    flags.add("server-side", 0, "HOW", "true, false, or auto: as that release was applied", &server_side_);
    flags.add("history-max", 0, "N", "how many revisions to keep; 0: all", &history_);
    flags.add("cleanup-on-fail", 0, "", "delete what was created if it fails", &cleanup_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) return wrong_count("rollback", "at least 1 argument");
    auto options = get(arguments);
    if (!options) return print_helm_error(options.error());
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    auto operation = release::Operation::rollback(cluster_.world(), std::move(*options));
    const release::Outcome& outcome = drive(operation, arguments[0]);
    if (!outcome.status) return print_helm_error(outcome.status.error());
    fmt::print("Rollback was a success! Happy Helming!\n");
    return kDone;
  }

 private:
  Result<release::RollbackOptions> get(const std::vector<std::string>& arguments) const {
    release::RollbackOptions out;
    TAUT_ASSIGN(static_cast<release::Manner&>(out), manner_.get());
    TAUT_ASSIGN(out.server_side, parse_server_side(server_side_));
    out.name = arguments[0];
    if (arguments.size() > 1) {
      TAUT_ASSIGN(out.version, parse_revision(arguments[1]));
    }
    out.max_history = history_;
    out.cleanup_on_fail = cleanup_;
    return out;
  }

  HelmCluster cluster_;
  HelmManner manner_;
  std::string server_side_ = "auto";
  int history_ = 10;
  bool cleanup_ = false;
};

class HelmUninstall : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    manner_.declare_wait(flags);
    flags.add("dry-run", 0, "", "only say what would be done", &dry_run_);
    flags.add("ignore-not-found", 0, "", "a release that is not there is no error", &ignore_not_found_);
    flags.add("keep-history", 0, "", "keep the records, marked as uninstalled", &keep_history_);
    flags.add("cascade", 0, "HOW", "background, foreground or orphan", &cascade_);
    flags.add("description", 0, "TEXT", "a description in place of helm's", &description_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.empty()) return wrong_count("uninstall", "at least 1 argument");
    auto options = get();
    if (!options) return print_helm_error(options.error());
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    for (const std::string& name : arguments) {
      options->name = name;
      auto operation = release::Operation::uninstall(cluster_.world(), *options);
      const release::Outcome& outcome = drive(operation, name);
      if (!outcome.status) return print_helm_error(outcome.status.error());
      if (!outcome.info.empty()) fmt::print("{}\n", outcome.info);
      fmt::print("release \"{}\" uninstalled\n", name);
    }
    return kDone;
  }

 private:
  Result<release::UninstallOptions> get() const {
    release::UninstallOptions out;
    TAUT_ASSIGN(static_cast<release::Manner&>(out), manner_.get());
    if (cascade_ != "background" && cascade_ != "foreground" && cascade_ != "orphan") {
      return fail(Code::kInvalid,
                  "invalid cascade value ({}). Must be \"background\", \"foreground\", or \"orphan\"", cascade_);
    }
    out.propagation = cascade_ == "orphan" ? "Orphan" : cascade_ == "foreground" ? "Foreground" : "Background";
    out.dry_run = dry_run_ ? release::DryRun::kClient : release::DryRun::kNone;
    out.ignore_not_found = ignore_not_found_;
    out.keep_history = keep_history_;
    out.description = description_;
    return out;
  }

  HelmCluster cluster_;
  HelmManner manner_;
  bool dry_run_ = false, ignore_not_found_ = false, keep_history_ = false;
  std::string cascade_ = "background", description_;
};

class HelmTest : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    declare_output(flags, output_);
    flags.add("timeout", 0, "DURATION", "how long to wait for each test", &timeout_);
    flags.add("logs", 0, "", "print what the test pods wrote", &logs_);
    flags.add("filter", 0, "LIST", "name=TEST runs only that, !name=TEST all others", &filters_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return wrong_count("test", "1 argument");
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    release::TestOptions options;
    options.name = arguments[0];
    options.timeout = timeout_;
    read_filters(options);
    if (logs_) options.before_cleanup = [this](const release::Release& release) { fetch_logs(release); };
    auto operation = release::Operation::test(cluster_.world(), std::move(options));
    const release::Outcome& outcome = drive(operation, arguments[0]);
    if (outcome.release) {
      if (int code = print_release(*outcome.release, output_, {.hide_notes = true}); code != kDone) return code;
      if (logs_) fmt::print("\n{}", fetched_);
    }
    return outcome.status ? kDone : print_helm_error(outcome.status.error());
  }

 private:
  void read_filters(release::TestOptions& options) const {
    for (const std::string& list : filters_) {
      for (std::string_view filter : split(list, ',')) {
        if (filter.starts_with("name=")) options.only.emplace_back(filter.substr(5));
        if (filter.starts_with("!name=")) options.except.emplace_back(filter.substr(6));
        if (filter.starts_with("! name=")) options.except.emplace_back(filter.substr(7));
      }
    }
  }

  void fetch_logs(const release::Release& release) {
    for (const release::HookRecord& hook : release.hooks) {
      if (!hook.has_event("test") || hook.started_at.empty()) continue;
      auto text = cluster_.pod_logs(release.ns, hook.name);
      fetched_ += text ? fmt::format("POD LOGS: {}\n{}\n", hook.name, *text)
                       : fmt::format("unable to get pod logs for {}: {}\n", hook.name, text.error().message());
    }
  }

  HelmCluster cluster_;
  Duration timeout_ = std::chrono::minutes(5);
  std::string output_ = "table", fetched_;
  std::vector<std::string> filters_;
  bool logs_ = false;
};

}  // namespace

std::unique_ptr<Command> make_helm_rollback() { return std::make_unique<HelmRollback>(); }
std::unique_ptr<Command> make_helm_uninstall() { return std::make_unique<HelmUninstall>(); }
std::unique_ptr<Command> make_helm_test() { return std::make_unique<HelmTest>(); }

}  // namespace taut::cli
