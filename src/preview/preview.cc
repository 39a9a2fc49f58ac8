#include "preview/preview.hh"

#include <algorithm>
#include <deque>
#include <thread>

#include "controller/install.hh"
#include "controller/preview.hh"
#include "controller/rendering.hh"
#include "dialect/argo/application.hh"
#include "dialect/argo/tracking.hh"
#include "preview/effects.hh"
#include "preview/selection.hh"

namespace taut::preview {
namespace {

constexpr const char* kUser = "taut preview";
constexpr Duration kLook = std::chrono::milliseconds(50);
constexpr Duration kRestPatience = std::chrono::seconds(12);

bool is_application(const Gvk& gvk) { return gvk.group == "argoproj.io" && gvk.kind == "Application"; }

// A failure that says nothing about the commit.
bool is_ours(const Error& error) {
  return error.transient() || error.code() == Code::kUnauthenticated || error.code() == Code::kInternal;
}

// One preview from its beginning to its report.
class Trial {
 public:
  Trial(Copy& copy, Repositories& repositories, const Request& request)
      : copy_(copy), cluster_(copy.cluster()), repositories_(repositories), request_(request) {}

  Result<Report> run() {
    report_.source = copy_.source();
    report_.objects = copy_.imported().total();
    TAUT_TRY(controller::install(*cluster_, request_.control_namespace));
    TAUT_ASSIGN(Selection selection, select(*cluster_, repositories_, request_));
    report_.revision = selection.revision;
    TAUT_ASSIGN(bool rests, copy_.settle(kRestPatience));
    if (!rests) report_.notes.push_back("the copy did not come to rest before the change: some of what follows may be its own");
    TAUT_TRY(make_renderer());
    TAUT_ASSIGN(State before, State::read(*cluster_));
    TAUT_TRY(plan_all(std::move(selection.applications)));
    TAUT_TRY(sync_all());
    TAUT_ASSIGN(State after, State::read(*cluster_));
    tell(before, after);
    return std::move(report_);
  }

 private:
  Status make_renderer() {
    TAUT_ASSIGN(Discovery discovery, cluster_->discover());
    options_.control_namespace = request_.control_namespace;
    options_.render = controller::make_renderer(std::make_shared<render::Memo>(), controller::render_facts(discovery), &repositories_);
    return {};
  }

  // Plans against the copy as it is, parents first; children that a plan makes or changes are planned as it leaves them.
  Status plan_all(std::vector<Value> applications) {
    std::deque<Value> waiting(applications.begin(), applications.end());
    for (const Value& application : applications) chosen_.insert(std::string(name_of(application)));
    while (!waiting.empty()) {
      Value application = std::move(waiting.front());
      waiting.pop_front();
      std::string name(name_of(application));
      if (!planned_.insert(name).second) continue;
      TAUT_ASSIGN(UnitReport unit, plan_one(application));
      for (const plan::Step& step : unit.plan.steps)
        if (is_application(step.gvk) && !step.desired.is_null() && step.action != plan::Action::kUnchanged)
          waiting.push_back(as_applied(step));
      report_.units.push_back(std::move(unit));
    }
    return {};
  }

  Value as_applied(const plan::Step& step) {
    WriteRequest request;
    request.ref = {step.gvk, step.id.ns, step.id.name};
    request.body = step.desired;
    request.force = request.dry_run = true;
    auto tried = cluster_->write(request);
    return tried ? tried->object : step.desired;
  }

  Result<UnitReport> plan_one(const Value& application) {
    UnitReport unit;
    unit.name = name_of(application);
    const Value& automated = application["spec"]["syncPolicy"]["automated"];
    unit.prunes = request_.prune || automated["prune"].as_bool();
    controller::PreviewRequest wanted;
    wanted.application = application;
    TAUT_ASSIGN(wanted.project, project_of(application));
    if (auto settings = cluster_->get({{"", "v1", "ConfigMap"}, request_.control_namespace, std::string(argo::kSettingsName)})) wanted.settings = std::move(*settings);
    auto plan = controller::preview(wanted, *cluster_, repositories_, options_, clock_.now());
    if (plan) {
      unit.plan = std::move(*plan);
      unit.revision = unit.plan.revision;
      if (unit.name == kFolderUnit) hide_tracking(unit.plan);
      return unit;
    }
    if (is_ours(plan.error())) return tl::unexpected(std::move(plan).error().while_doing("planning " + unit.name));
    unit.phase = "Error";
    unit.message = plan.error().to_string();
    return unit;
  }

  Result<Value> project_of(const Value& application) {
    std::string name = application["spec"]["project"].str();
    auto project = cluster_->get({argo::project_gvk(), std::string(namespace_of(application)), name.empty() ? "default" : name});
    if (!project && project.error().code() == Code::kNotFound) return Value();
    return project;
  }

  // The mark of the application that only this preview made is no change that anybody would see.
  static void hide_tracking(plan::Plan& plan) {
    for (plan::Step& step : plan.steps) {
      std::erase_if(step.changes, [](const plan::FieldChange& change) { return change.path.find(argo::kTrackingAnnotation) != std::string::npos; });
      if (step.action == plan::Action::kChange && step.changes.empty()) step.action = plan::Action::kUnchanged;
    }
  }

  Status sync_all() {
    ScopedCluster scoped(cluster_, planned_);
    controller::Controller controller(options_, scoped, repositories_, clock_);
    for (UnitReport& unit : report_.units)
      if (chosen_.contains(unit.name) && unit.phase.empty()) TAUT_TRY(ask_for_sync(unit));
    controller.start();
    wait_for_syncs(controller);
    TAUT_ASSIGN(bool rests, copy_.settle(kRestPatience));
    if (!rests) report_.notes.push_back("the copy did not come to rest after the change; what is Progressing may still get there");
    wait_for_syncs(controller);
    for (UnitReport& unit : report_.units) read_outcome(controller, unit);
    controller.stop();
    return {};
  }

  Status ask_for_sync(const UnitReport& unit) {
    TAUT_ASSIGN(Value application, cluster_->get({argo::application_gvk(), request_.control_namespace, unit.name}));
    Value sync = Value::map({{"prune", unit.prunes}});
    const Value& options = application["spec"]["syncPolicy"]["syncOptions"];
    if (!options.empty()) sync.set("syncOptions", options);
    WriteRequest request;
    request.verb = WriteVerb::kMergePatch;
    request.ref = {argo::application_gvk(), request_.control_namespace, unit.name};
    request.body = Value::map({{"operation", Value::map({{"initiatedBy", Value::map({{"username", kUser}})}, {"sync", sync}})},
                               {"status", Value::map({{"operationState", Value()}})}});
    TAUT_TRY(cluster_->write(request));
    return {};
  }

  static bool is_done(const controller::Controller& controller, const std::string& ns, const std::string& name) {
    auto status = controller.status(ns, name);
    return status && status->operation && status->operation->operation.user == kUser && engine::completed(status->operation->phase);
  }

  void wait_for_syncs(const controller::Controller& controller) {
    auto end = std::chrono::steady_clock::now() + request_.patience;
    while (std::chrono::steady_clock::now() < end) {
      bool all = std::all_of(report_.units.begin(), report_.units.end(), [&](const UnitReport& unit) {
        return !chosen_.contains(unit.name) || unit.phase == "Error" || is_done(controller, request_.control_namespace, unit.name);
      });
      if (all) return;
      std::this_thread::sleep_for(kLook);
    }
  }

  void read_outcome(const controller::Controller& controller, UnitReport& unit) {
    if (unit.phase == "Error") return;
    auto status = controller.status(request_.control_namespace, unit.name);
    if (!status) return;
    for (const auto& condition : status->conditions) unit.warnings.push_back(condition.message);
    if (!status->operation) return;
    const engine::OperationState& operation = *status->operation;
    unit.phase = engine::phase_name(operation.phase);
    unit.message = operation.message;
    for (const engine::TaskResult& result : operation.results) {
      bool failed = result.code == engine::ResultCode::kSyncFailed ||
                    (result.state && (*result.state == engine::OperationPhase::kFailed || *result.state == engine::OperationPhase::kError));
      if (failed) refused_.push_back({result.id, "", "Refused", result.message, "", "", ""});
    }
  }

  // A sync that did not succeed is a breakage itself unless one of its objects already says why.
  void tell_failed_units() {
    for (const UnitReport& unit : report_.units) {
      bool failed = unit.phase == "Error" || unit.phase == "Failed" || (unit.phase == "Running" && chosen_.contains(unit.name));
      if (!failed || (unit.phase != "Error" && !report_.broken.empty())) continue;
      std::string sentence = unit.phase == "Running" ? fmt::format("The sync does not end: {}", unit.message) : unit.message;
      report_.broken.push_back({{"argoproj.io", "Application", request_.control_namespace, unit.name}, "", unit.phase, sentence, "", "", ""});
    }
  }

  void tell(const State& before, const State& after) {
    std::set<ObjectId> pruned;
    for (const UnitReport& unit : report_.units)
      for (const plan::Step& step : unit.plan.steps)
        if (step.action == plan::Action::kPrune && unit.prunes) pruned.insert(step.id);
    report_.restarts = restarts(before, after);
    report_.removals = removals(before, after, pruned);
    HealthChanges health = health_changes(before, after, "");
    report_.broken = std::move(health.broken);
    report_.broken_before = std::move(health.broken_before);
    report_.healed = std::move(health.healed);
    report_.notes.insert(report_.notes.end(), health.notes.begin(), health.notes.end());
    for (Breakage& refusal : refused_) add_refusal(std::move(refusal), before);
    tell_failed_units();
  }

  void add_refusal(Breakage refusal, const State& before) {
    for (Breakage& known : report_.broken)
      if (known.object == refusal.object) return;
    if (auto health = judge(before.find(refusal.object), Judgement::kArgo); health && !before.find(refusal.object).is_null())
      refusal.before = health_name(health->state);
    report_.broken.push_back(std::move(refusal));
  }

  Copy& copy_;
  std::shared_ptr<Cluster> cluster_;
  MergedRepositories repositories_;
  const Request& request_;
  SystemClock clock_;
  controller::ControllerOptions options_;
  std::set<std::string> chosen_, planned_;  // names: asked for; and with their children
  std::vector<Breakage> refused_;
  Report report_;
};

}  // namespace

Result<Report> run(Copy& copy, Repositories& repositories, const Request& request) { return Trial(copy, repositories, request).run(); }

}  // namespace taut::preview
