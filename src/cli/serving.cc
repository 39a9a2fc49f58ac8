#include "cli/serving.hh"

#include <malloc.h>

#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "base/log.hh"
#include "cli/clusters.hh"
#include "cli/flux_buckets.hh"
#include "cli/flux_repositories.hh"
#include "cli/scm_access.hh"
#include "cli/source_repositories.hh"
#include "cli/webhook_secrets.hh"
#include "controller/application_sets.hh"
#include "controller/controller.hh"
#include "controller/flux_receivers.hh"
#include "controller/flux_releases.hh"
#include "controller/flux_sources.hh"
#include "controller/install.hh"
#include "controller/remotes.hh"
#include "controller/rendering.hh"
#include "dialect/argo/parameters.hh"
#include "dialect/argo/settings.hh"
#include "dialect/flux/dialect.hh"
#include "io/kube/event_recorder.hh"
#include "server/entry.hh"
#include "server/receiver_check.hh"

namespace taut::cli {
namespace {

class Running : public Serving {
 public:
  Running(std::shared_ptr<Cluster> cluster, const ServingOptions& options, const controller::RenderFacts& facts)
      : cluster_(std::move(cluster)),
        repositories_(*cluster_, options.ns, options.data),
        events_(*cluster_, "taut"),
        secrets_(*cluster_, options.ns),
        flux_repositories_(options.data, app_tokens_),
        artifacts_(std::make_shared<flux::Artifacts>()),
        routed_(*artifacts_, repositories_),
        controller_(controller_options(options, facts), *cluster_, routed_, clock_),
        sets_({.control_namespace = options.ns, .progressive_syncs = progressive_syncs_, .policy = set_policy_, .policy_yields = set_policy_yields_, .scm_rules = scm_rules_, .open_scm = [this](const ScmAccount& account) { return open_scm(account, app_tokens_); }, .call_plugin = call_plugin, .interner = interner_}, *cluster_, repositories_, clock_),
        flux_sources_(flux_options(), *cluster_, *artifacts_, clock_),
        flux_releases_(release_options(options), *cluster_, *artifacts_, clock_),
        flux_receivers_(*cluster_, clock_, [this](const engine::Dialect::Note& note) { record(note); }, options.tenancy.no_cross_namespace) {
    artifacts_->on_change([this](const flux::SourceRef& source) {
      controller_.look();
      flux_releases_.changed(source);
    });
    controller_.start();
    sets_.start();
    flux_sources_.start();
    flux_releases_.start();
    flux_receivers_.start();
  }
  ~Running() override {
    entry_.reset();
    flux_receivers_.stop();
    flux_releases_.stop();
    flux_sources_.stop();
    sets_.stop();
    controller_.stop();
    artifacts_->on_change(nullptr);
  }

  void notify(const std::string& url) override {
    controller_.notify(url);
    sets_.notify(url);
    flux_sources_.notify(url);
  }

  // "127.0.0.1:8080", ":8080" for all addresses.
  Status listen(const std::string& where) {
    size_t colon = where.rfind(':');
    auto port = parse_port(colon == std::string::npos ? where : where.substr(colon + 1));
    if (!port) return fail(Code::kInvalid, "--listen {}: not an ADDRESS:PORT", where);
    server::http::HttpOptions options;
    options.address = colon == std::string::npos || colon == 0 ? "0.0.0.0" : where.substr(0, colon);
    options.port = *port;
    options.max_body = server::kMostPayload;
    auto take = [this](const argo::Push& push) {
      controller_.pushed(push);
      sets_.pushed(push);
    };
    auto secrets = [this](std::string_view key) { return secrets_.find(key); };
    server::Receivers receivers{[this](std::string_view path) { return flux_receivers_.find(path); },
                                [this](std::string_view path) { return flux_receivers_.take(path); }};
    auto routes = server::make_entry({server::webhook_route(secrets, take), server::receiver_route(std::move(receivers))});
    TAUT_ASSIGN(entry_, server::http::start_http_server(options, std::move(routes)));
    return {};
  }
  uint16_t port() const override { return entry_ ? entry_->port() : 0; }

 private:
  static std::optional<uint16_t> parse_port(std::string_view text) {
    uint16_t out = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(out) : std::nullopt;
  }

  controller::ControllerOptions controller_options(const ServingOptions& options,
                                                    const controller::RenderFacts& facts) {
    controller::ControllerOptions out;
    out.control_namespace = options.ns;
    out.status_processors = static_cast<size_t>(options.status_processors);
    out.operation_processors = static_cast<size_t>(options.operation_processors);
    out.engine.poll_interval = options.poll;
    out.engine.poll_jitter = options.poll_jitter;
    take_parameters(options, out);
    auto memo = std::make_shared<render::Memo>();
    out.render = controller::make_renderer(memo, facts, &repositories_);
    out.render_for = [this, memo](const Discovery& discovery) {
      return controller::make_renderer(memo, controller::render_facts(discovery), &repositories_);
    };
    out.open_cluster = open_cluster;
    out.open_place = [this](const engine::Dialect::Place& place) { return open_place(cluster_, place); };
    out.impersonate = impersonate;
    out.observer = options.observer;
    out.interner = interner_;
    out.at_rest = [this] {
      repositories_.rest();
      ::malloc_trim(0);
    };
    out.record_event = [this](const Value& application, const argo::EventText& event) {
      record(application, {event.type, event.reason, event.message});
    };
    out.graph = dependencies_;
    out.record_note = [this](const engine::Dialect::Note& note) { record(note); };
    out.dialects = {std::make_shared<flux::Dialect>(artifacts_, options.tenancy, dependencies_)};
    return out;
  }

  Value config_map(const std::string& ns, std::string_view name) {
    auto map = cluster_->get({{"", "v1", "ConfigMap"}, ns, std::string(name)});
    if (!map && map.error().code() != Code::kNotFound) log::warn("ConfigMap {}: {}", name, map.error().message());
    return map ? *map : Value();
  }

  // What the cluster's ConfigMaps say, unless a flag says otherwise.
  void take_parameters(const ServingOptions& options, controller::ControllerOptions& out) {
    const ServingOptions usual;
    auto found = argo::read_parameters(config_map(options.ns, argo::kParametersName), config_map(options.ns, argo::kSettingsName));
    for (const std::string& error : found.errors) log::warn("{}", error);
    if (found.status_processors && options.status_processors == usual.status_processors)
      out.status_processors = static_cast<size_t>(*found.status_processors);
    if (found.operation_processors && options.operation_processors == usual.operation_processors)
      out.operation_processors = static_cast<size_t>(*found.operation_processors);
    if (found.poll_interval && options.poll == usual.poll) out.engine.poll_interval = *found.poll_interval;
    if (found.poll_jitter && options.poll == usual.poll) out.engine.poll_jitter = *found.poll_jitter;
    out.application_namespaces = found.application_namespaces;
    set_policy_ = found.set_policy;
    set_policy_yields_ = found.set_policy_yields;
    scm_rules_ = {found.scm_enabled, found.scm_allowed, found.scm_strict_tokens};
    progressive_syncs_ = found.progressive_syncs.value_or(true);
    out.engine.sync_timeout = found.sync_timeout.value_or(out.engine.sync_timeout);
    out.engine.self_heal_base = found.self_heal_base.value_or(out.engine.self_heal_base);
    out.engine.self_heal_factor = found.self_heal_factor.value_or(out.engine.self_heal_factor);
    out.engine.self_heal_cap = found.self_heal_cap.value_or(out.engine.self_heal_cap);
  }

  controller::FluxSourceOptions flux_options() {
    controller::FluxSourceOptions out;
    out.open = [this](const flux::SourceAccess& access) { return flux_repositories_.open(access); };
    out.open_oci = open_oci;
    out.open_bucket = open_bucket;
    out.open_helm = [this](const flux::HelmPlace& place) { return flux_repositories_.open_helm(place); };
    out.dependencies = controller::remote_charts(*flux_repositories_.open_charts());
    out.record_note = [this](const engine::Dialect::Note& note) { record(note); };
    return out;
  }

  controller::FluxReleaseOptions release_options(const ServingOptions& options) {
    controller::FluxReleaseOptions out;
    out.tenancy = options.tenancy;
    out.graph = dependencies_;
    out.open = [this](const engine::Dialect::Place& place) -> Result<std::shared_ptr<Cluster>> {
      if (place.cluster.empty()) return impersonate(*cluster_, place.user);
      TAUT_ASSIGN(auto there, open_place(cluster_, place));
      return place.user.empty() ? Result<std::shared_ptr<Cluster>>(there) : impersonate(*there, place.user);
    };
    out.record_note = [this](const engine::Dialect::Note& note) { record(note); };
    return out;
  }

  void record(const engine::Dialect::Note& note) { record(note.about, {note.type, note.reason, note.message, note.annotations}); }
  void record(const Value& about, const kube::EventNote& note) {
    auto written = events_.record(about, note, clock_.now());
    if (!written) log::warn("no event written for {}: {}", name_of(about), written.error().message());
  }

  std::shared_ptr<Cluster> cluster_;
  SystemClock clock_;
  scm::GitHubAppTokens app_tokens_{clock_};
  SourceRepositories repositories_;
  kube::EventRecorder events_;
  WebhookSecretStore secrets_;
  FluxRepositories flux_repositories_;
  std::shared_ptr<flux::Artifacts> artifacts_;
  RoutedRepositories routed_;
  const std::shared_ptr<Interner> interner_ = std::make_shared<Interner>();
  const std::shared_ptr<engine::DependencyGraph> dependencies_ = std::make_shared<engine::DependencyGraph>();
  // Of ApplicationSets, as the controller's options are read.
  std::string set_policy_;
  bool set_policy_yields_ = true;
  bool progressive_syncs_ = true;
  argo::appset::ScmRules scm_rules_;
  controller::Controller controller_;
  controller::ApplicationSets sets_;
  controller::FluxSources flux_sources_;
  controller::FluxReleases flux_releases_;
  controller::FluxReceivers flux_receivers_;
  std::unique_ptr<server::http::HttpServer> entry_;
};

}  // namespace

namespace {

// What a controller needs to know and have before it can start. An API server that is away or overloaded is asked
// again for a while: whoever restarts a cluster starts everything at once.
Result<Discovery> prepare(Cluster& cluster, const ServingOptions& options) {
  auto give_up = std::chrono::steady_clock::now() + options.patience;
  for (Duration wait = std::chrono::milliseconds(200);; wait = std::min<Duration>(wait * 2, std::chrono::seconds(5))) {
    Status installed;
    if (options.install_definitions) installed = controller::install(cluster, options.ns);
    Result<Discovery> discovery = installed ? cluster.discover() : fail(installed.error());
    bool again = !discovery && discovery.error().transient() && std::chrono::steady_clock::now() + wait < give_up;
    if (!again) return discovery;
    log::warn("{}; trying again in {}", discovery.error().to_string(), format_go_duration(wait));
    std::this_thread::sleep_for(wait);
  }
}

}  // namespace

std::string default_data_folder() {
  if (const char* xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && *xdg != 0) return std::string(xdg) + "/taut";
  const char* home = std::getenv("HOME");
  return std::string(home != nullptr ? home : "/tmp") + "/.local/share/taut";
}

Result<std::unique_ptr<Serving>> start_serving(std::shared_ptr<Cluster> cluster, ServingOptions options) {
  std::error_code error;
  std::filesystem::create_directories(options.data, error);
  if (error) return fail(Code::kInvalid, "{} cannot be used as data folder: {}", options.data, error.message());
  TAUT_ASSIGN(Discovery discovery, prepare(*cluster, options));
  auto running = std::make_unique<Running>(std::move(cluster), options, controller::render_facts(discovery));
  if (!options.listen.empty()) TAUT_TRY(running->listen(options.listen));
  return running;
}

}  // namespace taut::cli
