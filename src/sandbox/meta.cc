#include "sandbox/meta.hh"

#include <random>

#include "base/strings.hh"
#include "sandbox/kinds/shapes.hh"
#include "value/json.hh"

namespace taut::sandbox {
namespace {

using kinds::Problem;

std::mt19937_64& generator() {
  thread_local std::mt19937_64 instance{std::random_device{}()};
  return instance;
}

constexpr std::string_view kSubdomainRule =
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
constexpr std::string_view kNamePartRule =
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
constexpr std::string_view kLabelValueRule =
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and "
    "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is "
    "'(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

bool alnum(char c) { return isalnum(static_cast<unsigned char>(c)) != 0; }
bool lower_alnum(char c) { return alnum(c) && isupper(static_cast<unsigned char>(c)) == 0; }

bool is_subdomain(std::string_view text) {
  if (text.empty()) return false;
  for (std::string_view label : split(text, '.')) {
    if (label.empty() || !lower_alnum(label.front()) || !lower_alnum(label.back())) return false;
    for (char c : label)
      if (!lower_alnum(c) && c != '-') return false;
  }
  return true;
}

bool is_qualified_part(std::string_view text) {
  if (text.empty() || !alnum(text.front()) || !alnum(text.back())) return false;
  for (char c : text)
    if (!alnum(c) && c != '-' && c != '_' && c != '.') return false;
  return true;
}

// validation.IsQualifiedName
std::vector<std::string> qualified_name_errors(std::string_view text) {
  std::vector<std::string> out;
  std::string_view name = text;
  auto parts = split(text, '/');
  if (parts.size() > 2) {
    out.push_back(fmt::format("a qualified name {} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
                              kNamePartRule.substr(10)));
    return out;
  }
  if (parts.size() == 2) {
    name = parts[1];
    if (parts[0].empty())
      out.push_back("prefix part must be non-empty");
    else if (!is_subdomain(parts[0]))
      out.push_back(fmt::format("prefix part {}", kSubdomainRule));
  }
  if (name.empty())
    out.push_back("name part must be non-empty");
  else if (name.size() > 63)
    out.push_back("name part must be no more than 63 characters");
  if (!is_qualified_part(name)) out.push_back(std::string(kNamePartRule));
  return out;
}

Problem bad(std::string field, const Value& value, std::string_view why) {
  return {"FieldValueInvalid", fmt::format("Invalid value: {}: {}", to_json(value), why), std::move(field)};
}

void check_labels(const Value& labels, std::vector<Problem>& out) {
  for (const Entry& e : labels.entries()) {
    for (const std::string& why : qualified_name_errors(e.key())) out.push_back(bad("metadata.labels", e.name, why));
    std::string_view value = e.value.as_string();
    if (value.size() > 63) out.push_back(bad("metadata.labels", e.value, "must be no more than 63 bytes"));
    if (!value.empty() && !is_qualified_part(value)) out.push_back(bad("metadata.labels", e.value, kLabelValueRule));
  }
}

void check_annotations(const Value& annotations, std::vector<Problem>& out) {
  size_t total = 0;
  for (const Entry& e : annotations.entries()) {
    for (const std::string& why : qualified_name_errors(to_lower(e.key())))
      out.push_back(bad("metadata.annotations", e.name, why));
    total += e.key().size() + e.value.size();
  }
  if (total > 256 * 1024)
    out.push_back({"FieldValueTooLong", "Too long: may not be more than 262144 bytes", "metadata.annotations"});
}

// The JSON of an owner reference in the order of its struct, as messages show it.
std::string owner_text(const Value& owner) {
  std::string out = "{";
  for (std::string_view key : {"apiVersion", "kind", "name", "uid", "controller", "blockOwnerDeletion"})
    if (const Value* v = owner.find(key)) out += fmt::format("{}\"{}\":{}", out.size() > 1 ? "," : "", key, to_json(*v));
  return out + "}";
}

void check_owner(const Value& owner, std::vector<Problem>& out) {
  Gvk gvk = Gvk::of(owner);
  const std::string base = "metadata.ownerReferences";
  if (gvk.version.empty()) out.push_back(bad(base + ".apiVersion", owner["apiVersion"].str(), "version must not be empty"));
  for (std::string_view key : {"kind", "name", "uid"})
    if (owner[key].empty()) out.push_back(bad(fmt::format("{}.{}", base, key), "", "must not be empty"));
  if (gvk.kind == "Event" && gvk.group.empty())
    out.push_back({"FieldValueInvalid", fmt::format("Invalid value: {}: {} is disallowed from being an owner", owner_text(owner), gvk.to_string()), base});
}

void check_owners(const Value& owners, std::vector<Problem>& out) {
  const Value* controller = nullptr;
  for (const Value& owner : owners.items()) {
    check_owner(owner, out);
    if (!owner["controller"].as_bool()) continue;
    if (controller != nullptr) {
      std::vector<std::string> all;
      for (const Value& o : owners.items()) all.push_back(owner_text(o));
      out.push_back({"FieldValueInvalid",
                     fmt::format("Invalid value: [{}]: Only one reference can have Controller set to true. Found \"true\" in "
                                 "references for {}/{} and {}/{}",
                                 join(all, ","), (*controller)["kind"].as_string(), (*controller)["name"].as_string(),
                                 owner["kind"].as_string(), owner["name"].as_string()),
                     "metadata.ownerReferences"});
    }
    controller = &owner;
  }
}

// Built-in kinds also want a finalizer's name to have a path; custom resources do not.
void check_finalizers(const Value& finalizers, bool custom, std::vector<Problem>& out) {
  static constexpr std::string_view kStandard[] = {"orphan", "foregroundDeletion", "kubernetes"};
  for (size_t i = 0; i < finalizers.size(); ++i) {
    std::string_view text = finalizers[i].as_string();
    for (const std::string& why : qualified_name_errors(text)) out.push_back(bad("metadata.finalizers", finalizers[i], why));
    bool standard = std::find(std::begin(kStandard), std::end(kStandard), text) != std::end(kStandard);
    if (!custom && !contains(text, "/") && !standard)
      out.push_back(bad(fmt::format("metadata.finalizers[{}]", i), finalizers[i],
                        "name is neither a standard finalizer name nor is it fully qualified"));
  }
}

}  // namespace

Result<void> settle_metadata(Value& object, std::vector<std::string>* unknown) {
  const GoType* shape = go_type("meta/v1.ObjectMeta");
  kinds::DecodeNotes notes;
  Value wrapped = object["metadata"];
  if (!wrapped.is_map()) {
    if (!wrapped.is_null())
      return fail(Code::kInvalid, "json: cannot unmarshal {} into Go value of type v1.ObjectMeta", kind_name(wrapped.kind()));
    wrapped = Value::map();
  }
  TAUT_ASSIGN(Value settled, kinds::decode(*shape, wrapped, &notes));
  if (unknown != nullptr)
    for (const std::string& path : notes.unknown) unknown->push_back("metadata." + path);
  object.set("metadata", std::move(settled));
  return {};
}

// utilrand.String: no vowels, nothing that reads as another.
std::string random_suffix() {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::string out;
  for (int i = 0; i < 5; ++i) out += kLetters[generator()() % kLetters.size()];
  return out;
}

std::string new_uid() {
  // Version 4, variant 1. By hand, as every request has one in its answer.
  uint64_t a = (generator()() & ~uint64_t{0xF000}) | 0x4000, b = generator()() >> 2 | uint64_t{1} << 63;
  std::string out = "00000000-0000-0000-0000-000000000000";
  for (size_t i = 36; i-- > 0;) {
    if (out[i] == '-') continue;
    uint64_t& from = i > 18 ? b : a;
    out[i] = "0123456789abcdef"[from & 15];
    from >>= 4;
  }
  return out;
}

ApiResult<void> prepare_metadata_for_create(const Resource& resource, std::string_view ns, Value& object, Time now) {
  Value& meta = object.edit("metadata");
  if (resource.info.namespaced) {
    std::string_view own = meta["namespace"].as_string();
    if (!own.empty() && own != ns)
      return ApiFailure(bad_request("the namespace of the provided object does not match the namespace sent on the request"));
    meta.set("namespace", ns);
  } else {
    meta.erase("namespace");
  }
  for (std::string_view key : {"deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "resourceVersion"}) meta.erase(key);
  if (meta["name"].empty() && !meta["generateName"].empty()) {
    std::string prefix(meta["generateName"].as_string().substr(0, 58));
    meta.set("name", prefix + random_suffix());
  }
  meta.set("uid", new_uid());
  meta.set("creationTimestamp", format_rfc3339(now));
  return {};
}

void carry_metadata(Value& fresh, const Value& old) {
  Value& meta = fresh.edit("metadata");
  const Value& was = old["metadata"];
  for (std::string_view key : {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"}) {
    if (const Value* v = was.find(key))
      meta.set(key, *v);
    else
      meta.erase(key);
  }
  for (std::string_view key : {"uid", "generateName"})
    if (meta[key].empty() && was.contains(key)) meta.set(key, was[key]);
}

std::vector<Problem> validate_metadata(const Resource& resource, const Value& object) {
  std::vector<Problem> out;
  const Value& meta = object["metadata"];
  Gvk gvk = resource.gvk();
  std::string_view prefix = meta["generateName"].as_string();
  if (!prefix.empty())
    for (const std::string& why : kinds::name_errors(gvk, prefix, true)) out.push_back(bad("metadata.generateName", prefix, why));
  std::string_view name = meta["name"].as_string();
  if (name.empty()) {
    out.push_back({"FieldValueRequired", "Required value: name or generateName is required", "metadata.name"});
  } else {
    for (const std::string& why : kinds::name_errors(gvk, name, false)) out.push_back(bad("metadata.name", name, why));
  }
  if (meta["generation"].as_int() < 0)
    out.push_back(bad("metadata.generation", meta["generation"], "must be greater than or equal to 0"));
  check_labels(meta["labels"], out);
  check_annotations(meta["annotations"], out);
  check_owners(meta["ownerReferences"], out);
  check_finalizers(meta["finalizers"], resource.custom != nullptr, out);
  return out;
}

std::vector<Problem> validate_metadata_update(const Value& fresh, const Value& old) {
  std::vector<Problem> out;
  const Value& meta = fresh["metadata"];
  const Value& was = old["metadata"];
  for (std::string_view key : {"name", "namespace", "uid", "creationTimestamp"})
    if (meta[key] != was[key]) out.push_back(bad(fmt::format("metadata.{}", key), meta[key], "field is immutable"));
  if (was.contains("deletionTimestamp"))
    for (size_t i = 0; i < meta["finalizers"].size(); ++i) {
      auto items = was["finalizers"].items();
      if (std::find(items.begin(), items.end(), meta["finalizers"][i]) == items.end())
        out.push_back({"FieldValueForbidden",
                       fmt::format("Forbidden: no new finalizers can be added if the object is being deleted, found new "
                                   "finalizers []string{{{}}}", quote(meta["finalizers"][i].as_string())),
                       "metadata.finalizers"});
    }
  check_labels(meta["labels"], out);
  check_annotations(meta["annotations"], out);
  check_owners(meta["ownerReferences"], out);
  return out;
}

}  // namespace taut::sandbox
