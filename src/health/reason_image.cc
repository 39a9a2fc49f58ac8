// Images that cannot be had: wrong names, missing tags, refused logins, registries out of reach.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"

namespace taut::reason {
namespace {

constexpr std::array<std::string_view, 9> kOutOfReach = {"no such host",
                                                         "i/o timeout",
                                                         "tls handshake timeout",
                                                         "context deadline exceeded",
                                                         "connection refused",
                                                         "network is unreachable",
                                                         "too many requests",
                                                         "toomanyrequests",
                                                         "connection reset by peer"};
constexpr std::array<std::string_view, 6> kRefused = {"unauthorized",       "authentication required", "forbidden",
                                                      "pull access denied", "no basic auth",           "denied"};
constexpr std::array<std::string_view, 4> kNotFound = {"not found", "notfound", "manifest unknown", "name unknown"};

// The first of the words that the text holds, or nothing.
template <size_t N>
std::string_view first_of(const std::array<std::string_view, N>& words, std::string_view text) {
  auto found = std::ranges::find_if(words, [&](std::string_view word) { return contains(text, word); });
  return found == words.end() ? std::string_view() : *found;
}

// The host that an image comes from, as container runtimes read its name.
std::string registry_of(std::string_view image) {
  std::string_view first, rest;
  bool has_host =
      cut(image, "/", first, rest) && (contains(first, ".") || contains(first, ":") || first == "localhost");
  return std::string(has_host ? first : "docker.io");
}

bool waits_for_image(const Value& status) {
  std::string_view why = status["state"]["waiting"]["reason"].as_string();
  return why == "ErrImagePull" || why == "ImagePullBackOff" || why == "RegistryUnavailable";
}

std::string image_of(const Value& pod, const Value& status) {
  const Value& wanted = container_spec(pod, status["name"].as_string())["image"];
  return wanted.empty() ? status["image"].str() : wanted.str();
}

Reason out_of_reach(const Value& pod, const std::string& registry, std::string_view cause) {
  std::string node =
      pod["spec"]["nodeName"].empty() ? "the node" : fmt::format("node {}", pod["spec"]["nodeName"].as_string());
  return {"registry-out-of-reach",
          fmt::format("{} could not be reached from {} ({}).", registry, node, cause),
          "Wait or check the network; pulls are tried again.",
          "Events",
          {},
          {},
          "registry " + registry};
}

Reason login_refused(const Value& pod, const std::string& registry, const std::string& image) {
  std::vector<std::string_view> secrets;
  for (const Value& secret : pod["spec"]["imagePullSecrets"].items()) secrets.push_back(secret["name"].as_string());
  std::string next = secrets.empty()
                         ? fmt::format("Add a pull secret for {} in {}.", registry, namespace_of(pod))
                         : fmt::format("Check pull secret {} in {}.", join(secrets, ", "), namespace_of(pod));
  return {"login-refused", fmt::format("{} refused the login for image {}.", registry, image), next, {}, {}, {}, "registry " + registry};
}

}  // namespace

std::optional<Reason> image_name(const Value& pod, const Surroundings& around) {
  const Value& status = container_status(
      pod, [](const Value& s) { return s["state"]["waiting"]["reason"].as_string() == "InvalidImageName"; });
  if (status.is_null()) return std::nullopt;
  std::string next = around.source.empty() ? "Correct it in Git." : fmt::format("Fix {}.", around.source);
  return Reason{{},
                fmt::format("{} is not an image name.", quote(image_of(pod, status))),
                next,
                "Open file",
                "InvalidImageName",
                {}};
}

std::optional<Reason> image_pull(const Value& pod, const Surroundings& around) {
  const Value& status = container_status(pod, waits_for_image);
  if (status.is_null()) return std::nullopt;
  const Value& waiting = status["state"]["waiting"];
  std::string image = image_of(pod, status), registry = registry_of(image);
  // While the kubelet backs off, the cause is only in an earlier event.
  std::string told =
      to_lower(waiting["message"].str() + ' ' + std::string(event_message(pod, around, "Failed to pull image")));

  Reason reason;
  if (std::string_view cause = first_of(kOutOfReach, told); !cause.empty()) {
    reason = out_of_reach(pod, registry, cause);
  } else if (!first_of(kRefused, told).empty()) {
    reason = login_refused(pod, registry, image);
  } else {
    bool sure = !first_of(kNotFound, told).empty();
    reason = {"image-not-found",
              fmt::format("{} {} was not found in {}.", sure ? "Image" : "Probably image", image, registry),
              or_roll_back("Push the tag", around),
              "Roll back",
              {},
              {},
              "image " + image};
  }
  reason.raw = waiting["reason"].str();
  return reason;
}

}  // namespace taut::reason
