// sprig semver.go: Masterminds/semver 3.
#include "base/semver.hh"

#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/funcs/functions.hh"
#include "lang/gotmpl/funcs/semver_value.hh"
#include "lang/gotmpl/funcs/support.hh"
#include "lang/gotmpl/literal.hh"

namespace taut::gotmpl {

namespace {

const Version& version_of(const Value& value) { return value.object().data<Version>(); }

Result<Value> major(Call& call) { return Value::uint64(version_of(call.receiver).major); }
Result<Value> minor(Call& call) { return Value::uint64(version_of(call.receiver).minor); }
Result<Value> patch(Call& call) { return Value::uint64(version_of(call.receiver).patch); }
Result<Value> prerelease(Call& call) { return Value::text(version_of(call.receiver).prerelease); }
Result<Value> metadata(Call& call) { return Value::text(version_of(call.receiver).metadata); }
Result<Value> original(Call& call) { return Value::text(version_of(call.receiver).original); }
Result<Value> to_string(Call& call) { return call.heap.text(version_of(call.receiver).to_string()); }

int compared(const Call& call) {
  auto order = compare(version_of(call.receiver), version_of(call[0]));
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}
Result<Value> compare_with(Call& call) { return Value::integer(compared(call)); }
Result<Value> equal(Call& call) { return Value::boolean(compared(call) == 0); }
Result<Value> less_than(Call& call) { return Value::boolean(compared(call) < 0); }
Result<Value> less_than_equal(Call& call) { return Value::boolean(compared(call) <= 0); }
Result<Value> greater_than(Call& call) { return Value::boolean(compared(call) > 0); }
Result<Value> greater_than_equal(Call& call) { return Value::boolean(compared(call) >= 0); }

// The next release: what marks a version as less than a release is dropped.
Value next_version(Call& call, int part) {
  Version version = version_of(call.receiver);
  bool was_prerelease = !version.prerelease.empty();
  version.prerelease.clear();
  version.metadata.clear();
  if (part == 0) version.major += 1, version.minor = 0, version.patch = 0;
  if (part == 1) version.minor += 1, version.patch = 0;
  if (part == 2 && !was_prerelease) version.patch += 1;
  version.original = (version.original.starts_with('v') ? "v" : "") + version.to_string();
  return semver_value(call.heap, std::move(version));
}
Result<Value> inc_major(Call& call) { return next_version(call, 0); }
Result<Value> inc_minor(Call& call) { return next_version(call, 1); }
Result<Value> inc_patch(Call& call) { return next_version(call, 2); }

// A version with another mark.
Value marked_version(Call& call, Version version) {
  version.original = (version.original.starts_with('v') ? "v" : "") + version.to_string();
  return semver_value(call.heap, std::move(version));
}

Result<Value> set_prerelease(Call& call) {
  Version version = version_of(call.receiver);
  version.prerelease = call.text(0);
  if (!version.prerelease.empty()) TAUT_TRY(Version::parse("1.0.0-" + version.prerelease));
  return marked_version(call, std::move(version));
}

Result<Value> set_metadata(Call& call) {
  Version version = version_of(call.receiver);
  version.metadata = call.text(0);
  if (!version.metadata.empty()) TAUT_TRY(Version::parse("1.0.0+" + version.metadata));
  return marked_version(call, std::move(version));
}

constexpr Function kMethods[] = {
    {"Major", "", major},
    {"Minor", "", minor},
    {"Patch", "", patch},
    {"Prerelease", "", prerelease},
    {"Metadata", "", metadata},
    {"Original", "", original},
    {"String", "", to_string},
    {"Compare", "*semver.Version", compare_with},
    {"Equal", "*semver.Version", equal},
    {"LessThan", "*semver.Version", less_than},
    {"LessThanEqual", "*semver.Version", less_than_equal},
    {"GreaterThan", "*semver.Version", greater_than},
    {"GreaterThanEqual", "*semver.Version", greater_than_equal},
    {"IncMajor", "", inc_major},
    {"IncMinor", "", inc_minor},
    {"IncPatch", "", inc_patch},
    {"SetPrerelease", "string", set_prerelease},
    {"SetMetadata", "string", set_metadata},
};

std::string print(const Value& self) { return version_of(self).to_string(); }

constexpr Type kVersion{.kind = Kind::kStruct, .name = "*semver.Version", .methods = kMethods, .pointer = true,
                        .stringer = print, .marshals_text = true};

}  // namespace

Value semver_value(Heap& heap, Version version) {
  auto kept = std::make_shared<Version>(std::move(version));
  return Value(&heap.object(kVersion, {}, &heap.keep(std::move(kept))));
}

namespace funcs {

Result<Value> semver(Call& call) {
  TAUT_ASSIGN(Version version, Version::parse(call.text(0)));
  return semver_value(call.heap, std::move(version));
}

// Helm 4.1 has semver 3.4, which does not quote the range in the error.
Result<Value> semver_compare(Call& call) {
  constexpr uint64_t kWorkOfByte = 50;
  call.heap.work(call.text(0).size() * kWorkOfByte);
  auto range = VersionRange::parse(call.text(0));
  if (!range) {
    std::string message = range.error().message();
    constexpr std::string_view kImproper = "improper constraint: ";
    if (call.run.environment().helm < 42 && message.starts_with(kImproper)) {
      if (auto bare = unquote(std::string_view(message).substr(kImproper.size())))
        message = std::string(kImproper).append(*bare);
    }
    return go_failure(message);
  }
  TAUT_ASSIGN(Version version, Version::parse(call.text(1)));
  return Value::boolean(range->contains(version));
}

}  // namespace funcs

}  // namespace taut::gotmpl
