// Any text as a file of SOPS in each of its formats, as a file of age, and as keys; with keys at hand.
#include "base/strings.hh"
#include "lang/sops/cipher.hh"
#include "lang/sops/sops.hh"
#include "lang/sops/stores.hh"

using namespace taut;

namespace {

// That of tests/sops.
constexpr const char* kKey = "AGE-SECRET-KEY-1YPJ36VXQL5JKW9W4YSDGH7YE9LQJLSTMLMYFUX2TL6KSGW43AGHS8KYSAX\n";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  std::string text(reinterpret_cast<const char*>(data) + 1, size - 1);
  static const sops::Keys keys = [] {
    sops::Keys out;
    (void)out.import("a.agekey", kKey);
    return out;
  }();
  auto in = static_cast<sops::Format>(data[0] % 5), out = static_cast<sops::Format>(data[0] / 5 % 5);
  (void)sops::decrypt(text, in, out, keys);
  (void)sops::decrypt_age(text, keys.age);
  (void)sops::decrypt_value(text, std::string(32, 'k'), "a:");
  if (auto file = sops::load(text, in)) {
    (void)sops::emit(*file, out);
    if (in == sops::Format::kYaml) (void)sops::emit_yaml(*file, text, std::string(32, 'k'));
  }
  sops::Keys read;
  (void)read.import(data[0] % 2 == 0 ? "b.agekey" : "b.asc", text);
  return 0;
}
