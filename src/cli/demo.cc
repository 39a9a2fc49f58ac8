// taut demo: the main job on this machine, told as it happens. Nothing is printed as done that was not seen.
#include <fmt/format.h>
#include <stdlib.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "base/log.hh"
#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/demo_shop.hh"
#include "cli/interrupt.hh"
#include "cli/scene.hh"
#include "cli/serving.hh"
#include "cli/story.hh"
#include "cli/terminal.hh"
#include "cli/version.hh"
#include "dialect/argo/application.hh"
#include "health/reasons.hh"
#include "io/kube/cluster.hh"
#include "io/kube/kubeconfig.hh"
#include "sandbox/server.hh"

namespace taut::cli {
namespace {

constexpr std::string_view kApplications[] = {"shop", "database", "api", "web", "catalog-dev", "catalog-qa", "catalog-prod"};
constexpr Duration kPatience = std::chrono::seconds(60);

using Clock = std::chrono::steady_clock;

Duration since(Clock::time_point start) { return std::chrono::duration_cast<Duration>(Clock::now() - start); }

class Demo {
 public:
  explicit Demo(std::string folder) : folder_(std::move(folder)) {}

  Status play() {
    story_.title("taut demo: a cluster, a Git repository, and taut keeping the one equal to the other");
    TAUT_TRY(set_the_stage());
    TAUT_TRY(first_sync());
    TAUT_TRY(roll_out_a_commit());
    TAUT_TRY(change_the_base());
    TAUT_TRY(heal_an_edit());
    TAUT_TRY(prune_a_file());
    TAUT_TRY(fail_and_roll_back());
    return {};
  }

  // What a person can do with it now.
  void invite() const {
    fmt::print("\n{}\n\n", ink(Ink::kBold, "All of this was seen to happen. The cluster and taut stay up until Ctrl-C; try them:"));
    fmt::print("  kubectl --kubeconfig {} get pods -n shop\n", kubeconfig_);
    fmt::print("  build/taut get --kubeconfig {}\n", kubeconfig_);
    fmt::print("  git clone {}\n", shop_->url());
    std::fflush(stdout);
  }

 private:
  // --- the stage

  Status set_the_stage() {
    auto start = Clock::now();
    kubeconfig_ = folder_ + "/kubeconfig";
    std::ofstream(folder_ + "/images") << "registry.example/shop/api:2.1.0* image-pull\n";
    sandbox::SandboxOptions options;
    options.kubeconfig_path = kubeconfig_;
    options.image_faults = folder_ + "/images";
    TAUT_ASSIGN(sandbox_, sandbox::start(options));
    story_.fact("cluster", fmt::format("Kubernetes {} sandbox on {}", kKubernetesVersion, sandbox_->address()), since(start));

    start = Clock::now();
    TAUT_ASSIGN(auto shop, Shop::create(folder_));
    shop_.emplace(std::move(shop));
    story_.fact("repository", fmt::format("{}, {} files", shop_->url(), shop_->files()), since(start));

    start = Clock::now();
    TAUT_ASSIGN(auto config, kube::load_client_config({.file = kubeconfig_}));
    cluster_ = std::make_shared<kube::KubeCluster>(std::move(config));
    TAUT_ASSIGN(serving_, start_serving(cluster_, {.data = folder_ + "/data"}));
    story_.fact("taut", "serves the Applications of namespace argocd", since(start));

    scene_.emplace(*cluster_);
    for (const Gvk& gvk : {application_kind(), Gvk{"apps", "v1", "Deployment"}, Gvk{"", "v1", "ConfigMap"}, Gvk{"", "v1", "Pod"},
                          Gvk{"", "v1", "Event"}})
      scene_->watch(gvk);
    return {};
  }

  // --- readers of the scene

  const Value& application(std::string_view name) const {
    return scene_->object("argoproj.io", "Application", "argocd", name);
  }
  bool is(std::string_view name, std::string_view sync, std::string_view health) const {
    const Value& status = application(name)["status"];
    return status["sync"]["status"].as_string() == sync && status["health"]["status"].as_string() == health;
  }
  bool at(std::string_view name, const std::string& sha) const {
    return application(name)["status"]["sync"]["revision"].as_string() == sha;
  }
  const Value& deployment(std::string_view name) const { return scene_->object("apps", "Deployment", "shop", name); }
  static std::string_view image_of(const Value& deployment) {
    return deployment["spec"]["template"]["spec"]["containers"][0]["image"].as_string();
  }
  // Ready pods of a Deployment that run this image.
  int64_t ready_with(std::string_view name, std::string_view image) const {
    int64_t ready = 0;
    for (const Value* pod : scene_->objects("", "Pod", "shop")) {
      if (label_of(*pod, "app.kubernetes.io/name") != name || (*pod)["spec"]["containers"][0]["image"].as_string() != image)
        continue;
      for (const Value& condition : (*pod)["status"]["conditions"].items())
        ready += condition["type"].as_string() == "Ready" && condition["status"].as_string() == "True";
    }
    return ready;
  }

  // --- the acts

  Status first_sync() {
    story_.chapter("The first sync: an app of apps installs the shop");
    auto start = Clock::now();
    WriteRequest create;
    create.verb = WriteVerb::kCreate;
    create.body = shop_->root_application();
    create.ref = {application_kind(), "argocd", "shop"};
    TAUT_TRY(cluster_->write(create));
    for (std::string_view name : kApplications) {
      TAUT_TRY(scene_->await(fmt::format("application {} Synced and Healthy", name), kPatience,
                             [&] { return is(name, "Synced", "Healthy"); }));
    }
    Duration took = since(start);
    auto objects = scene_->look([&] {
      size_t count = 0;
      for (std::string_view name : kApplications) count += application(name)["status"]["resources"].size();
      return count;
    });
    TAUT_TRY(scene_->look([&] { return check_order(); }));
    story_.fact("in order", "database (wave 0), then web and api (wave 1), api after its migration Job");
    story_.fact("Synced", fmt::format("{} applications, {} objects, all Healthy", std::size(kApplications), objects), took);
    return {};
  }

  // That the waves and the hook ran in their order, by the results that the syncs wrote.
  Status check_order() const {
    auto place = [&](std::string_view app, std::string_view kind, std::string_view name) {
      const Value& results = application(app)["status"]["operationState"]["syncResult"]["resources"];
      for (size_t i = 0; i < results.size(); ++i)
        if (results[i]["kind"].as_string() == kind && results[i]["name"].as_string() == name) return static_cast<int>(i);
      return -1;
    };
    int database = place("shop", "Application", "database");
    bool waves = database >= 0 && database < place("shop", "Application", "api") && database < place("shop", "Application", "web");
    int job = place("api", "Job", "api-migrate");
    bool hook = job >= 0 && job < place("api", "Deployment", "api");
    if (waves && hook) return {};
    return fail(Code::kInternal, "not seen: database before api and web, the Job api-migrate before the Deployment api");
  }

  Result<Shop::Change> commit(Result<Shop::Change> change) {
    TAUT_ASSIGN(auto made, std::move(change));
    story_.fact("commit", fmt::format("{}  {}", made.sha.substr(0, 7), made.message));
    serving_->notify(shop_->url());
    return made;
  }

  Status roll_out_a_commit() {
    story_.chapter("A commit is rolled out");
    const std::string before = "registry.example/shop/web:1.4.0", after = "registry.example/shop/web:1.5.0";
    auto start = Clock::now();
    TAUT_ASSIGN(auto change, commit(shop_->edit("web/deployment.yaml", before, after, "web: release 1.5.0")));
    TAUT_TRY(scene_->await("the new image on the Deployment", kPatience, [&] { return image_of(deployment("web")) == after; }));
    story_.change("Deployment shop/web", ".spec.template.spec.containers[name=web].image", before, after);
    story_.fact("applied", "the Deployment has the new image", since(start));
    TAUT_TRY(scene_->await("3 pods of web:1.5.0 ready, application web Synced and Healthy at the commit", kPatience, [&] {
      return ready_with("web", after) == 3 && at("web", change.sha) && is("web", "Synced", "Healthy");
    }));
    story_.fact("rolled out", "3 of 3 pods run 1.5.0; web is Synced and Healthy", since(start));
    return {};
  }

  // The ConfigMap that the catalog of an environment reads: its name ends with a hash of what it holds.
  std::string settings_in(std::string_view environment) const {
    const Value& catalog = scene_->object("apps", "Deployment", fmt::format("shop-{}", environment), "catalog");
    return catalog["spec"]["template"]["spec"]["containers"][0]["envFrom"][0]["configMapRef"]["name"].str();
  }

  Status change_the_base() {
    story_.chapter("One base, three environments: a commit to the base");
    std::map<std::string, std::string> before;
    for (const char* environment : {"dev", "qa", "prod"}) before[environment] = scene_->look([&] { return settings_in(environment); });
    auto start = Clock::now();
    TAUT_ASSIGN(auto change, commit(shop_->edit("catalog/base/kustomization.yaml", "CACHE_SECONDS=60", "CACHE_SECONDS=300",
                                                "catalog: cache for five minutes")));
    for (std::string environment : {"dev", "prod"}) {
      std::string after;
      TAUT_TRY(scene_->await(fmt::format("new settings in shop-{}, catalog-{} Synced and Healthy at the commit", environment, environment), kPatience, [&] {
        after = settings_in(environment);
        std::string application = "catalog-" + environment;
        return after != before[environment] && at(application, change.sha) && is(application, "Synced", "Healthy");
      }));
      story_.change(fmt::format("Deployment shop-{}/catalog", environment),
                    ".spec.template.spec.containers[name=catalog].envFrom[0].configMapRef.name", before[environment], after);
    }
    story_.fact("rolled out", "dev and prod run with the new settings", since(start));
    TAUT_TRY(scene_->await("application catalog-qa Synced at the commit", kPatience,
                           [&] { return at("catalog-qa", change.sha) && is("catalog-qa", "Synced", "Healthy"); }));
    if (scene_->look([&] { return settings_in("qa"); }) != before["qa"])
      return fail(Code::kInternal, "not seen: qa keeps its own setting");
    story_.note("qa has its own value in its overlay: nothing changed there");
    return {};
  }

  Status heal_an_edit() {
    story_.chapter("Somebody edits the cluster by hand, and taut heals it");
    story_.command("kubectl scale deployment/web -n shop --replicas=9");
    WriteRequest scale;
    scale.verb = WriteVerb::kMergePatch;
    scale.ref = {{"apps", "v1", "Deployment"}, "shop", "web"};
    scale.body = Value::map({{"spec", Value::map({{"replicas", 9}})}});
    scale.field_manager = "kubectl-scale";
    auto start = Clock::now();
    TAUT_ASSIGN(auto edited, cluster_->write(scale));
    auto version = [](const Value& object) { return std::atoll(object["metadata"]["resourceVersion"].str().c_str()); };
    TAUT_TRY(scene_->await("replicas back at 3", kPatience, [&] {
      const Value& now = deployment("web");
      return version(now) > version(edited.object) && now["spec"]["replicas"].as_int() == 3;
    }));
    Duration took = since(start);
    story_.change("Deployment shop/web", ".spec.replicas", "9", "3");
    story_.fact("healed", "from the edit to the healed object, as a client sees it", took);
    return scene_->await("application web Synced and Healthy again", kPatience, [&] { return is("web", "Synced", "Healthy"); })
        .map([](Duration) {});
  }

  Status prune_a_file() {
    story_.chapter("A file leaves Git, and its object leaves the cluster");
    auto present = [&] { return !scene_->object("", "ConfigMap", "shop", "sale-banner").is_null(); };
    TAUT_TRY(scene_->await("ConfigMap shop/sale-banner is there before", kPatience, present));
    auto start = Clock::now();
    TAUT_ASSIGN(auto change, commit(shop_->remove("web/sale-banner.yaml", "web: the sale is over")));
    TAUT_TRY(scene_->await("ConfigMap shop/sale-banner pruned", kPatience, [&] { return !present(); }));
    story_.fact("pruned", "ConfigMap shop/sale-banner", since(start));
    return scene_->await("application web Synced at the commit", kPatience,
                         [&] { return at("web", change.sha) && is("web", "Synced", "Healthy"); })
        .map([](Duration) {});
  }

  Status fail_and_roll_back() {
    story_.chapter("A bad commit: the image cannot be pulled");
    const std::string good = "registry.example/shop/api:2.0.1", bad = "registry.example/shop/api:2.1.0-rc1";
    auto start = Clock::now();
    TAUT_TRY(commit(shop_->edit("api/deployment.yaml", good, bad, "api: release 2.1.0-rc1")));
    std::string reason;
    TAUT_TRY(scene_->await("application api Degraded, with the reason", kPatience, [&] {
      reason = trouble_of(application("api"));
      return application("api")["status"]["health"]["status"].as_string() == "Degraded" && !reason.empty();
    }));
    story_.fact("Degraded", reason, since(start));
    if (auto why = explain_api()) {
      story_.fact("because", why->sentence);
      std::string_view next = why->next_step;
      if (next.starts_with("Because: ")) next.remove_prefix(9);
      story_.fact("", next);
    }
    auto pods = scene_->look([&] { return ready_with("api", good); });
    story_.note(fmt::format("{} pods of the old version still serve", pods));
    return roll_back(good);
  }

  // The reason in plain words, from the Deployment's pods and their events.
  std::optional<Reason> explain_api() {
    return scene_->look([&] {
      Surroundings around;
      for (const Value* pod : scene_->objects("", "Pod", "shop"))
        if (label_of(*pod, "app.kubernetes.io/name") == "api") around.pods.push_back(*pod);
      for (const Value* event : scene_->objects("", "Event", "shop")) around.events.push_back(*event);
      const Value& history = application("api")["status"]["history"];
      if (!history.empty()) around.previous_revision = short_revision(history[0]["revision"].as_string());
      return explain(deployment("api"), around);
    });
  }

  Status roll_back(const std::string& good) {
    story_.command("taut rollback api");
    auto start = Clock::now();
    Value now = scene_->look([&] { return application("api"); });
    TAUT_ASSIGN(auto operation, argo::rollback_operation(now, std::nullopt, false));
    operation.user = "demo";
    TAUT_TRY(request_operation(*cluster_, now, argo::operation_patch(operation)["operation"]));
    TAUT_TRY(scene_->await("2 pods of the old image ready, application api Healthy", kPatience, [&] {
      return image_of(deployment("api")) == good && ready_with("api", good) == 2 &&
             application("api")["status"]["health"]["status"].as_string() == "Healthy";
    }));
    story_.fact("rolled back", fmt::format("to {}; api is Healthy, and automated sync is held there", short_revision(operation.revision)),
                since(start));
    return {};
  }

  std::string folder_, kubeconfig_;
  Story story_;
  // In the order in which they are built; destroyed from the last.
  std::unique_ptr<sandbox::Sandbox> sandbox_;
  std::optional<Shop> shop_;
  std::shared_ptr<Cluster> cluster_;
  std::unique_ptr<Serving> serving_;
  std::optional<Scene> scene_;
};

class DemoCommand : public Command {
 public:
  void declare(Flags& flags) override {
    const char* once = std::getenv("DEMO_ONCE");
    once_ = once != nullptr && std::string_view(once) == "1";
    flags.add("once", 0, "", "end after the last step (also by DEMO_ONCE=1)", &once_);
  }

  int run(const std::vector<std::string>&) override {
    hold_interrupts();
    std::string folder = (std::filesystem::temp_directory_path() / "taut-demo-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) {
      print_error("no temporary folder can be made: " + folder);
      return kFailed;
    }
    int code = play(folder);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return code;
  }

 private:
  int play(const std::string& folder) const {
    Demo demo(folder);
    auto outcome = demo.play();
    if (!outcome) {
      print_error(outcome.error());
      return kFailed;
    }
    if (!once_) {
      demo.invite();
      wait_for_interrupt();
    }
    return kDone;
  }

  bool once_ = false;
};

}  // namespace

std::unique_ptr<Command> make_demo() { return std::make_unique<DemoCommand>(); }

}  // namespace taut::cli
