#include "phases.hh"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace taut::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kApply = "application/apply-patch+yaml";
constexpr std::string_view kMaps = "/api/v1/namespaces/bench/configmaps";
constexpr std::string_view kDeployments = "/apis/apps/v1/namespaces/bench/deployments";
constexpr size_t kWatchers = 100;

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

std::string config_map(std::string_view name, size_t value) {
  return fmt::format(R"({{"apiVersion":"v1","kind":"ConfigMap","metadata":{{"name":"{}","labels":{{"app":"bench"}}}},)"
                     R"("data":{{"value":"{}","pad":"{}"}}}})", name, value, std::string(512, 'x'));
}

std::string deployment(std::string_view name, size_t image) {
  std::string env;
  for (int i = 0; i < 10; ++i) env += fmt::format(R"({}{{"name":"E{}","value":"v"}})", i == 0 ? "" : ",", i);
  return fmt::format(R"({{"apiVersion":"apps/v1","kind":"Deployment","metadata":{{"name":"{}","labels":{{"app":"bench"}}}},)"
                     R"("spec":{{"replicas":0,"selector":{{"matchLabels":{{"app":"bench"}}}},"template":{{"metadata":)"
                     R"({{"labels":{{"app":"bench"}}}},"spec":{{"containers":[{{"name":"main","image":"app:{}","env":[{}],)"
                     R"("ports":[{{"containerPort":80}}],"resources":{{"limits":{{"cpu":"1","memory":"64Mi"}}}}}}]}}}}}}}})",
                     name, image, env);
}

using Body = std::string (*)(std::string_view name, size_t value);

// `count` POSTs, or PATCHes of server-side apply, of objects that are not there yet.
std::vector<std::string> new_objects(Driver& driver, std::string_view path, bool apply, Body body, size_t count) {
  std::vector<std::string> out;
  size_t first = driver.next(count);
  for (size_t i = first; i < first + count; ++i) {
    std::string name = fmt::format("o{:06}", i);
    out.push_back(apply ? driver.request("PATCH", fmt::format("{}/{}?fieldManager=bench", path, name), kApply, body(name, i))
                        : driver.request("POST", path, kJson, body(name, i)));
  }
  return out;
}

double create_maps(Driver& d, size_t connections) {
  return d.drive(connections, new_objects(d, kMaps, false, config_map, connections == 1 ? 500 : 2000), 201);
}

double create_deployments(Driver& d, size_t connections) {
  return d.drive(connections, new_objects(d, kDeployments, false, deployment, connections == 1 ? 300 : 1000), 201);
}

double apply_new_maps(Driver& d, size_t connections) {
  return d.drive(connections, new_objects(d, kMaps, true, config_map, connections == 1 ? 300 : 1000), 201);
}

// Server-side apply over objects that are there: each with a value of its own, so that every one is a change, or
// all with the one that is stored, so that none is.
double apply_again(Driver& d, size_t connections, std::string_view path, Body body, bool change) {
  constexpr size_t kObjects = 100;
  size_t count = connections == 1 ? 300 : 1000, first = d.next(count);
  std::vector<std::string> made, again;
  for (size_t i = 0; i < count; ++i) {
    std::string name = fmt::format("a{:06}", first + i % kObjects);
    std::string target = fmt::format("{}/{}?fieldManager=bench", path, name);
    if (i < kObjects) made.push_back(d.request("PATCH", target, kApply, body(name, 0)));
    again.push_back(d.request("PATCH", target, kApply, body(name, change ? first + i + 1 : 0)));
  }
  d.drive(4, made, 201);
  return d.drive(connections, again, 200);
}

double apply_changes_to_deployments(Driver& d, size_t c) { return apply_again(d, c, kDeployments, deployment, true); }
double apply_nothing_to_deployments(Driver& d, size_t c) { return apply_again(d, c, kDeployments, deployment, false); }
double apply_changes_to_maps(Driver& d, size_t c) { return apply_again(d, c, kMaps, config_map, true); }

double get_maps(Driver& d, size_t connections) {
  std::vector<std::string> requests;
  for (size_t i = 0; i < (connections == 1 ? 2000u : 8000u); ++i)
    requests.push_back(d.request("GET", fmt::format("/api/v1/namespaces/many/configmaps/m{:05}", i * 7919 % kMany)));
  return d.drive(connections, requests, 200);
}

double list_many(Driver& d, size_t connections) {
  return d.drive(connections, std::vector<std::string>(connections == 1 ? 4 : 8, d.request("GET", "/api/v1/namespaces/many/configmaps")), 200);
}

// Many clients watch a namespace in which one other client creates objects as fast as it can; events per second that
// reach the clients.
double watch_fan_out(Driver& d, size_t) {
  constexpr size_t kEvents = 500;
  std::string ns = fmt::format("watched-{}", d.next(1));
  d.make_namespace(ns);
  std::string path = fmt::format("/api/v1/namespaces/{}/configmaps", ns);
  std::vector<std::unique_ptr<Connection>> watchers;
  for (size_t i = 0; i < kWatchers; ++i) {
    watchers.push_back(std::make_unique<Connection>(d.loop(), d.target()));
    watchers.back()->send(d.request("GET", path + "?watch=1&allowWatchBookmarks=false"), nullptr);
  }
  auto all = [&](auto holds) { return std::all_of(watchers.begin(), watchers.end(), holds); };
  while (!all([](const auto& w) { return w->answering(); })) d.loop().step();
  auto requests = new_objects(d, path, false, config_map, kEvents);
  auto start = Clock::now();
  d.drive(1, requests, 201);
  while (!all([](const auto& w) { return w->lines() >= kEvents; })) d.loop().step();
  return static_cast<double>(kEvents * kWatchers) / seconds_since(start);
}

double delete_collection(Driver& d, size_t) {
  constexpr size_t kObjects = 1000;
  std::string ns = fmt::format("deleted-{}", d.next(1));
  d.make_namespace(ns);
  std::string path = fmt::format("/api/v1/namespaces/{}/configmaps", ns);
  d.drive(16, new_objects(d, path, false, config_map, kObjects), 201);
  return kObjects * d.drive(1, {d.request("DELETE", path)}, 200);
}

}  // namespace

Driver::Driver(Target target) : target_(std::move(target)) {
  make_namespace("bench");
  make_namespace("many");
}

void Driver::make_namespace(const std::string& name) {
  drive(1, {request("POST", "/api/v1/namespaces", kJson,
                    fmt::format(R"({{"apiVersion":"v1","kind":"Namespace","metadata":{{"name":"{}"}}}})", name))}, 201);
}

double Driver::drive(size_t connections, const std::vector<std::string>& requests, int expected) {
  while (connections_.size() < connections) connections_.push_back(std::make_unique<Connection>(loop_, target_));
  size_t sent = 0, done = 0;
  std::function<void(Connection&)> advance = [&](Connection& connection) {
    if (sent == requests.size()) return;
    connection.send(requests[sent++], [&](int code) {
      if (code != expected) {
        std::fprintf(stderr, "sandbox_bench: %s answered %d, not %d\n", target_.name.c_str(), code, expected);
        std::exit(1);
      }
      ++done;
      advance(connection);
    });
  };
  auto start = Clock::now();
  for (size_t i = 0; i < connections; ++i) advance(*connections_[i]);
  while (done < requests.size()) loop_.step();
  return static_cast<double>(requests.size()) / seconds_since(start);
}

double fill(Driver& driver) {
  std::vector<std::string> requests;
  for (size_t i = 0; i < kMany; ++i)
    requests.push_back(driver.request("POST", "/api/v1/namespaces/many/configmaps", kJson, config_map(fmt::format("m{:05}", i), i)));
  return driver.drive(16, requests, 201);
}

const std::vector<Phase>& phases() {
  static const std::vector<Phase> all = {
      {"get a ConfigMap", "1/s", 1, get_maps},
      {"get a ConfigMap", "1/s", 16, get_maps},
      {"create a ConfigMap", "1/s", 1, create_maps},
      {"create a ConfigMap", "1/s", 16, create_maps},
      {"create a Deployment", "1/s", 1, create_deployments},
      {"create a Deployment", "1/s", 16, create_deployments},
      {"apply (server side): a new ConfigMap", "1/s", 1, apply_new_maps},
      {"apply (server side): a new ConfigMap", "1/s", 16, apply_new_maps},
      {"apply (server side): a ConfigMap changes", "1/s", 16, apply_changes_to_maps},
      {"apply (server side): a Deployment changes", "1/s", 1, apply_changes_to_deployments},
      {"apply (server side): a Deployment changes", "1/s", 16, apply_changes_to_deployments},
      {"apply (server side): a Deployment stays", "1/s", 16, apply_nothing_to_deployments},
      {"list 10,000 ConfigMaps", "lists/s", 1, list_many},
      {"list 10,000 ConfigMaps", "lists/s", 4, list_many},
      {"watch, 100 clients", "events/s", 1, watch_fan_out},
      {"delete a collection of 1,000", "objects/s", 1, delete_collection},
  };
  return all;
}

}  // namespace taut::bench
