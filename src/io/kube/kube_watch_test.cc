#include "io/kube/kube_watch.hh"

#include <gtest/gtest.h>

#include "io/kube/informer.hh"
#include "io/kube/testing/fake_api.hh"

namespace taut::kube {
namespace {

using namespace std::chrono_literals;
using net::TestReply;
using net::TestRequest;
using Lines = std::vector<std::string>;

std::string describe(const WatchEvent& event) {
  using Type = WatchEvent::Type;
  std::string name(name_of(event.object));
  std::string version = event.object["metadata"]["resourceVersion"].str();
  switch (event.type) {
    case Type::kAdded: return "+" + name + version;
    case Type::kModified: return "~" + name + version;
    case Type::kDeleted: return "-" + name + version;
    case Type::kSynced: return "synced";
    case Type::kFailed: return "failed " + std::string(code_name(event.error->code()));
  }
  return "";
}

// Collects events and waits for them.
class Seen {
 public:
  Cluster::WatchHandler handler() {
    return [this](WatchEvent event) {
      std::lock_guard lock(mutex_);
      lines_.push_back(describe(event));
      if (event.type != WatchEvent::Type::kSynced && event.type != WatchEvent::Type::kFailed) {
        EXPECT_EQ(event.object["kind"].str(), "ConfigMap");
      }
      changed_.notify_all();
    };
  }
  // All that came, once there are so many; what there is after two seconds otherwise.
  Lines take(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 2s, [&] { return lines_.size() >= count; });
    return std::exchange(lines_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  Lines lines_;
};

std::string event(const char* type, const Value& object) {
  return to_json(Value::map({{"type", type}, {"object", object}})) + "\n";
}

// A script: each list and each watch takes its next part; a watch without one stays open.
class Script {
 public:
  using Part = std::function<void(const TestRequest&, TestReply&)>;
  std::deque<Part> lists, watches;
  Lines asked;
  std::mutex mutex;

  void operator()(const TestRequest& request, TestReply& reply) {
    bool watch = request.asks("watch=true");
    Part part;
    {
      std::lock_guard lock(mutex);
      size_t at = request.target.find("resourceVersion=");
      asked.push_back(watch ? "watch " + request.target.substr(at + 16, request.target.find('&', at) - at - 16)
                            : "list");
      auto& parts = watch ? watches : lists;
      if (!parts.empty()) {
        part = std::move(parts.front());
        parts.pop_front();
      }
    }
    if (part) return part(request, reply);
    if (!watch) return reply.send(500, status_body(500, "InternalError", "no more lists"));
    reply.begin();
    hold(reply);
  }
  static void hold(TestReply& reply) {
    while (!reply.gone()) std::this_thread::sleep_for(1ms);
    reply.broken = true;
  }
  Lines requests() {
    std::lock_guard lock(mutex);
    return asked;
  }
};

Script::Part answers(std::string body) {
  return [body](const TestRequest&, TestReply& reply) { reply.send(200, body); };
}

TEST(KubeWatch, lists_follows_and_resumes_from_the_last_version_a_bookmark_included) {
  Script script;
  script.lists = {answers(list_body({config_map("a", 1)}, 5))};
  script.watches = {[](const TestRequest& request, TestReply& reply) {
                      EXPECT_TRUE(request.asks("allowWatchBookmarks=true"));
                      EXPECT_TRUE(request.asks("timeoutSeconds="));
                      reply.begin();
                      std::string added = event("ADDED", config_map("b", 6));
                      reply.chunk(added.substr(0, 10));  // lines need not come whole
                      std::this_thread::sleep_for(5ms);
                      reply.chunk(added.substr(10) + event("MODIFIED", config_map("a", 7)) +
                                  event("DELETED", config_map("b", 8)));
                      reply.chunk(event("BOOKMARK", config_map("", 20)));
                      reply.end();
                    },
                    [](const TestRequest&, TestReply& reply) {
                      reply.begin();
                      reply.chunk(event("MODIFIED", config_map("a", 21)));
                      std::this_thread::sleep_for(20ms);  // a reset throws away what was not read
                      reply.reset();
                    }};
  FakeApi api(std::ref(script));
  KubeCluster cluster(api.config(), FakeApi::quick());
  Seen seen;
  auto watch = cluster.watch(kConfigMap, {}, seen.handler());
  EXPECT_EQ(seen.take(6), (Lines{"+a1", "synced", "+b6", "~a7", "-b8", "~a21"}));
  while (script.requests().size() < 4) std::this_thread::sleep_for(1ms);
  watch.reset();
  EXPECT_EQ(script.requests(), (Lines{"list", "watch 5", "watch 20", "watch 21"}));
}

TEST(KubeWatch, after_a_410_it_lists_again_and_tells_the_differences) {
  for (bool in_stream : {true, false}) {
    Script script;
    script.lists = {
        answers(list_body({config_map("a", 1), config_map("b", 1), config_map("same", 1), config_map("re", 1)}, 5)),
        answers(list_body(
            {config_map("b", 9), config_map("same", 1), config_map("re", 9, "new"), config_map("n", 9)}, 9))};
    script.watches = {[in_stream](const TestRequest&, TestReply& reply) {
      std::string gone = status_body(410, "Expired", "too old resource version: 5 (8)");
      if (!in_stream) return reply.send(410, gone);
      reply.begin();
      reply.chunk("{\"type\":\"ERROR\",\"object\":" + gone + "}\n");
      reply.end();
    }};
    FakeApi api(std::ref(script));
    KubeCluster cluster(api.config(), FakeApi::quick());
    Seen seen;
    auto watch = cluster.watch(kConfigMap, {}, seen.handler());
    Lines lines = seen.take(11);
    ASSERT_EQ(lines.size(), 11u) << join(lines, " ");
    EXPECT_EQ(lines[4], "synced");
    std::set<std::string> changes(lines.begin() + 5, lines.end() - 1);
    EXPECT_EQ(changes, (std::set<std::string>{"-a", "~b9", "-re", "+re9", "+n9"}));
    EXPECT_EQ(lines.back(), "synced");
  }
}

TEST(KubeWatch, an_outage_is_told_once_and_its_end_too) {
  Script script;
  script.lists = {answers(list_body({config_map("a", 1)}, 5))};
  auto refuse = [](const TestRequest&, TestReply& reply) {
    reply.send(503, status_body(503, "ServiceUnavailable", "down"));
  };
  script.watches = {refuse, refuse, refuse};
  script.lists.push_back(refuse);
  script.lists.push_back(answers(list_body({config_map("a", 1), config_map("b", 6)}, 6)));
  FakeApi api(std::ref(script));
  KubeCluster cluster(api.config(), FakeApi::quick());
  Seen seen;
  auto watch = cluster.watch(kConfigMap, {}, seen.handler());
  EXPECT_EQ(seen.take(5), (Lines{"+a1", "synced", "failed unavailable", "+b6", "synced"}));
}

TEST(KubeWatch, a_kind_that_comes_later_is_found) {
  std::atomic<bool> there{false};
  net::TestServer server([&](const TestRequest& request, TestReply& reply) {
    if (request.path() == "/version") return reply.send(200, "{}");
    if (request.path() == "/api")
      return reply.send(200, there ? kCoreAggregated : "{\"kind\":\"APIGroupDiscoveryList\"}");
    if (request.path() == "/apis") return reply.send(200, kGroupsAggregated);
    if (!request.asks("watch=true")) return reply.send(200, list_body({config_map("a", 1)}, 1));
    reply.begin();
    Script::hold(reply);
  });
  ClientConfig config;
  config.server = *Url::parse(server.url());
  KubeCluster cluster(config, FakeApi::quick());
  Seen seen;
  auto watch = cluster.watch(kConfigMap, {}, seen.handler());
  EXPECT_EQ(seen.take(1), (Lines{"failed not found"}));
  there = true;
  EXPECT_EQ(seen.take(2), (Lines{"+a1", "synced"}));
}

TEST(KubeWatch, a_slow_handler_holds_the_stream_back_and_loses_nothing) {
  constexpr int kCount = 3000;
  std::string padding(4000, 'x');
  Script script;
  script.lists = {answers(list_body({}, 1))};
  script.watches = {[&](const TestRequest&, TestReply& reply) {
    reply.begin();
    for (int i = 0; i < kCount; ++i) {
      Value object = config_map("n" + std::to_string(i), i + 2);
      object.set("data", Value::map({{"p", padding}}));
      reply.chunk(event("ADDED", object));
    }
    Script::hold(reply);
  }};
  FakeApi api(std::ref(script));
  KubeCluster cluster(api.config(), FakeApi::quick());
  std::promise<void> done;
  int next = 0;
  auto watch = cluster.watch(kConfigMap, {}, [&](WatchEvent event) {
    if (event.type != WatchEvent::Type::kAdded) return;
    if (next == 0) std::this_thread::sleep_for(100ms);  // by now more has come than is held
    EXPECT_EQ(name_of(event.object), "n" + std::to_string(next));
    if (++next == kCount) done.set_value();
  });
  EXPECT_EQ(done.get_future().wait_for(20s), std::future_status::ready) << next;
}

TEST(KubeWatch, may_be_ended_by_its_own_handler_and_at_any_other_time) {
  Script script;
  for (int i = 0; i < 21; ++i) script.lists.push_back(answers(list_body({config_map("a", 1)}, 5)));
  FakeApi api(std::ref(script));
  KubeCluster cluster(api.config(), FakeApi::quick());
  std::unique_ptr<Watch> watch;
  std::promise<void> started, ended;
  watch = cluster.watch(kConfigMap, {}, [&](WatchEvent event) {
    started.get_future().wait();
    EXPECT_EQ(event.type, WatchEvent::Type::kAdded);  // kSynced does not come any more
    watch.reset();
    ended.set_value();
  });
  started.set_value();
  EXPECT_EQ(ended.get_future().wait_for(2s), std::future_status::ready);
  for (int i = 0; i < 20; ++i) {
    std::atomic<bool> alive{true};
    auto brief = cluster.watch(kConfigMap, {}, [&](WatchEvent) { EXPECT_TRUE(alive); });
    std::this_thread::sleep_for(std::chrono::microseconds(i * 300));
    brief.reset();
    alive = false;
  }
}

TEST(Informer, ignores_what_it_knows_and_deletions_of_what_it_does_not) {
  Informer informer(kConfigMap);
  auto line = [&](const char* type, const Value& object) {
    auto step = informer.line(event(type, object));
    return step.event ? describe(*step.event) : std::string(step.error ? step.error->message() : "nothing");
  };
  EXPECT_EQ(line("MODIFIED", config_map("a", 1)), "+a1");
  EXPECT_EQ(line("ADDED", config_map("a", 1)), "nothing");
  EXPECT_EQ(line("ADDED", config_map("a", 2)), "~a2");
  EXPECT_EQ(line("DELETED", config_map("x", 3)), "nothing");
  EXPECT_EQ(informer.resource_version(), "3");
  EXPECT_EQ(line("STRANGE", config_map("x", 3)), "unable to understand watch event \"STRANGE\"");
  EXPECT_TRUE(informer.line("{\"type\":").error);
}

}  // namespace
}  // namespace taut::kube
