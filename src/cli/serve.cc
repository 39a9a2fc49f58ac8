// taut serve: keeps a cluster equal to Git.
#include <fmt/format.h>
#include <malloc.h>

#include <chrono>
#include <cstdio>
#include <mutex>

#include "base/log.hh"
#include "cli/all.hh"
#include "cli/connection.hh"
#include "cli/interrupt.hh"
#include "cli/serving.hh"
#include "cli/terminal.hh"

namespace taut::cli {
namespace {

void log_line(std::string_view level, std::string_view message) {
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  auto now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  fmt::print(stderr, "{}.{:03}Z {:<5} {}\n", format_rfc3339(now).substr(0, 19), now.time_since_epoch().count() % 1000,
             level, message);
}

void log_to_stderr(bool verbose) {
  log::set_sink(
      [](log::Level level, std::string_view message) {
        constexpr std::string_view kNames[] = {"debug", "info", "warn", "error"};
        log_line(kNames[static_cast<int>(level)], message);
      },
      verbose ? log::Level::kDebug : log::Level::kInfo);
}

// "argocd/web" of "argoproj.io/Application/argocd/web".
std::string_view short_unit(std::string_view key) {
  size_t slash = key.rfind('/', key.rfind('/') - 1);
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

void log_notice(const engine::Notice& notice) {
  std::string object = notice.object ? " " + notice.object->to_string() : "";
  std::string elapsed = notice.elapsed.count() == 0 ? "" : " after " + format_go_duration(notice.elapsed);
  log_line(notice.failed ? "error" : "info",
           fmt::format("{}{}: {}{}", short_unit(notice.unit), object, notice.message, elapsed));
}

class Serve : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("data", 0, "DIR", "where fetched repositories are kept", &options_.data);
    flags.add("poll", 0, "DURATION", "how often a repository is asked for its refs", &options_.poll);
    flags.add("status-processors", 0, "N", "how many applications are read and rendered at once",
              &options_.status_processors);
    flags.add("operation-processors", 0, "N", "how many writes to the cluster run at once",
              &options_.operation_processors);
    flags.add("install-crds", 0, "", "create the definitions of Argo CD's and Flux's kinds where they are missing",
              &options_.install_definitions);
    flags.add("default-service-account", 0, "NAME", "who Flux's objects without a serviceAccountName are applied as",
              &options_.tenancy.default_account);
    flags.add("no-cross-namespace-refs", 0, "", "Flux's objects may name no objects of other namespaces",
              &options_.tenancy.no_cross_namespace);
    flags.add("no-remote-bases", 0, "", "Flux's Kustomizations may name no bases outside of their source",
              &options_.tenancy.no_remote_bases);
    flags.add("listen", 0, "ADDRESS:PORT", "take webhooks of Git servers at /api/webhook; port 0 takes a free one", &options_.listen);
    flags.add("verbose", 'v', "", "log more", &verbose_);
  }

  int run(const std::vector<std::string>&) override {
    hold_interrupts();
    // One heap for each of some thirty threads would hold several times what is used.
    ::mallopt(M_ARENA_MAX, 2);
    // What is large is for a moment, when ten thousand applications move at once: it is given back at once.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
    log_to_stderr(verbose_);
    auto outcome = serve();
    if (outcome) return kDone;
    print_error(outcome.error());
    return kFailed;
  }

 private:
  Status serve() {
    TAUT_ASSIGN(auto cluster, connection_.open());
    options_.ns = connection_.ns;
    options_.poll_jitter = std::min(options_.poll_jitter, options_.poll / 2);
    options_.observer = log_notice;
    TAUT_ASSIGN(auto serving, start_serving(std::move(cluster), options_));
    if (serving->port() != 0) log::info("webhooks are taken on port {}", serving->port());
    log::info("serving the Applications of namespace {}", options_.ns);
    wait_for_interrupt();
    return {};
  }

  Connection connection_;
  ServingOptions options_ = [] {
    ServingOptions options;
    options.data = default_data_folder();
    return options;
  }();
  bool verbose_ = false;
};

}  // namespace

std::unique_ptr<Command> make_serve() { return std::make_unique<Serve>(); }

}  // namespace taut::cli
