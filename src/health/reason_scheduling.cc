// Pods that no node takes.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/strings.hh"
#include "health/reason_rules.hh"
#include "object/id.hh"
#include "object/quantity.hh"

namespace taut::reason {
namespace {

// "0/9 nodes are available: 3 node(s) had untolerated taint {x: y}, 6 Insufficient cpu." taken apart.
struct Refusals {
  int nodes = 0;
  std::vector<std::pair<int, std::string>> why;  // how many nodes, and the scheduler's words
};

int number_at(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

const Value& scheduled(const Value& pod) {
  static const Value none;
  for (const Value& condition : pod["status"]["conditions"].items()) {
    if (condition["type"].as_string() == "PodScheduled" && condition["reason"].as_string() == "Unschedulable")
      return condition;
  }
  return none;
}

Refusals refusals(const Value& pod) {
  Refusals out;
  std::string_view nodes, list, before, rest;
  if (!cut(scheduled(pod)["message"].as_string(), " nodes are available: ", nodes, list)) return out;
  cut(nodes, "/", before, rest);
  out.nodes = number_at(rest);
  list = list.substr(0, list.find(". "));
  for (std::string_view part : split(trim_right(list, "."), ',')) {
    part = trim(part);
    size_t space = part.find(' ');
    if (number_at(part) > 0 && space != std::string_view::npos) {
      out.why.emplace_back(number_at(part), std::string(part.substr(space + 1)));
    } else if (!out.why.empty()) {
      out.why.back().second += ", " + std::string(part);  // a comma inside a taint
    }
  }
  return out;
}

bool lacks_room(const std::string& why) { return why.starts_with("Insufficient ") || why == "Too many pods"; }

bool only_room(const Refusals& refusals) {
  return !refusals.why.empty() &&
         std::ranges::all_of(refusals.why, [](const auto& r) { return lacks_room(r.second); });
}

std::string requested(const Value& pod, std::string_view resource) {
  Quantity sum;
  for (const Value& container : pod["spec"]["containers"].items()) {
    const Value& request = container["resources"]["requests"][resource];
    auto quantity = Quantity::parse(request.is_string() ? request.str() : std::to_string(request.as_int()));
    if (!quantity) return {};
    sum = sum + *quantity;
  }
  return sum == Quantity() ? "" : sum.to_string();
}

std::string each(const Value& pod) {
  std::string cpu = requested(pod, "cpu"), memory = requested(pod, "memory");
  std::vector<std::string> parts;
  if (!cpu.empty()) parts.push_back(cpu + " CPU");
  if (!memory.empty()) parts.push_back(memory);
  return parts.empty() ? "" : fmt::format(" ({} each)", join(parts, ", "));
}

// "3 of 9 have taint x", "6 lack a label": the scheduler's words made short.
std::string in_short(const std::string& why) {
  std::string_view before, after;
  if (cut(why, "taint", before, after) && contains(after, "{")) {
    std::string_view taint = after.substr(after.find('{') + 1);
    return fmt::format("have taint {}", taint.substr(0, taint.find_first_of(":}")));
  }
  if (contains(why, "didn't match Pod's node affinity/selector")) return "lack a label that it asks for";
  if (lacks_room(why)) return "have no room";
  return why.starts_with("node(s) ") ? why.substr(8) : why;
}

}  // namespace

std::optional<Reason> no_room(const Value& pod, const Surroundings& around) {
  if (!only_room(refusals(pod))) return std::nullopt;
  int pods = count(pod, around, [](const Value& p) { return only_room(refusals(p)); });
  return Reason{{},
                fmt::format("No node has room for {} {}{}.", pods, pods == 1 ? "pod" : "pods", each(pod)),
                "Lower requests or add a node.",
                {},
                "Unschedulable",
                {}};
}

std::optional<Reason> no_node_fits(const Value& pod, const Surroundings& around) {
  Refusals found = refusals(pod);
  if (found.why.empty()) return std::nullopt;
  std::vector<std::string> parts;
  for (const auto& [nodes, why] : found.why) {
    std::string of = parts.empty() ? fmt::format("{} of {}", nodes, found.nodes) : std::to_string(nodes);
    parts.push_back(fmt::format("{} {}", of, in_short(why)));
  }
  std::string where = around.source.empty() ? "" : " at " + around.source;
  return Reason{{},
                fmt::format("No node fits {}: {}.", name_of(pod), join(parts, ", ")),
                fmt::format("Fix toleration or nodeSelector{}.", where),
                {},
                "Unschedulable",
                {}};
}

}  // namespace taut::reason
