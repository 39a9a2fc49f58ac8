// Collects what is wrong with an object, in the words of apimachinery's field.Error.
#pragma once

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/kinds/names.hh"
#include "sandbox/kinds/strategy.hh"

namespace taut::sandbox::kinds {

// "spec" and "replicas" make "spec.replicas".
inline std::string child(std::string_view path, std::string_view field) {
  std::string out;
  out.reserve(path.size() + field.size() + 1);
  out.append(path);
  if (!path.empty()) out += '.';
  return out.append(field);
}
inline std::string key(std::string_view path, std::string_view name) {
  std::string out;
  out.reserve(path.size() + name.size() + 2);
  return out.append(path).append(1, '[').append(name).append(1, ']');
}
inline std::string at(std::string_view path, size_t index) { return key(path, std::to_string(index)); }

class Checks {
 public:
  // Some things are asked only of new objects.
  explicit Checks(bool creating = true) : creating_(creating) {}
  bool creating() const { return creating_; }

  void required(std::string field, std::string_view detail = {});
  // `shown` is printed as JSON; a null as `null`.
  void invalid(std::string field, const Value& shown, std::string_view why);
  void forbidden(std::string field, std::string_view why);
  void duplicate(std::string field, const Value& shown);
  // The same with the value's text ready, for structs that print in the order of their fields.
  void duplicate_text(std::string field, std::string_view shown);
  void invalid_text(std::string field, std::string_view shown, std::string_view why);
  void unsupported_text(std::string field, std::string_view shown, std::initializer_list<std::string_view> supported);
  // An invalid that shows no value.
  void invalid_plain(std::string field, std::string_view why);
  void not_found(std::string field, const Value& shown);
  void too_long(std::string field, size_t limit);
  void unsupported(std::string field, const Value& shown, std::initializer_list<std::string_view> supported);

  // One invalid for each reason.
  void named(const std::string& field, const Value& text, const Reasons& reasons);
  // A number below zero.
  void not_negative(const std::string& field, const Value& number);
  void port(const std::string& field, const Value& number);
  void port_or_name(const std::string& field, const Value& port);
  // An integer or percentage, neither negative.
  void share(const std::string& field, const Value& int_or_percent);
  void at_most_all(const std::string& field, const Value& int_or_percent);
  void one_of(const std::string& field, const Value& text, std::initializer_list<std::string_view> supported);
  // A text that must be there and one of these.
  void given_one_of(const std::string& field, const Value& text, std::initializer_list<std::string_view> supported);
  // An IPv4 or IPv6 address.
  void address(const std::string& field, const Value& text);
  // A network such as "10.0.0.0/8".
  void network(const std::string& field, const Value& text);
  void labels(const std::string& field, const Value& labels);
  void selector(const std::string& field, const Value& selector);
  void immutable(const std::string& field, const Value& fresh, const Value& old);

  void append(std::vector<Problem> more) { problems_.insert(problems_.end(), more.begin(), more.end()); }
  bool clean() const { return problems_.empty(); }
  std::vector<Problem> take() { return std::move(problems_); }

 private:
  void add(std::string_view type, std::string field, std::string message);
  bool creating_;
  std::vector<Problem> problems_;
};

// Whether a selector picks these labels.
bool selector_picks(const Value& selector, const Value& labels);

}  // namespace taut::sandbox::kinds
