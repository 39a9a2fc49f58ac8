#include "lang/sops/sops.hh"

#include <array>

#include "lang/sops/cipher.hh"
#include "lang/sops/metadata.hh"
#include "lang/sops/primitives.hh"
#include "lang/sops/stores.hh"

namespace taut::sops {
namespace {

// SHA-256 of "sops", with which a check over encrypted values only begins.
constexpr std::array<unsigned char, 32> kOnlyEncrypted = {
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b,
    0x0b, 0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69};

struct Mark {
  Format format;
  std::string_view text;
};
constexpr Mark kMarks[] = {
    {Format::kJson, "\"mac\": \"ENC["}, {Format::kBinary, "\"mac\": \"ENC["}, {Format::kDotenv, "sops_mac=ENC["},
    {Format::kIni, "[sops]"},           {Format::kYaml, "mac: ENC["},
};

// Decrypts a tree in place and gathers what the check is over.
class Walker {
 public:
  Walker(const Metadata& metadata, std::string_view key) : metadata_(metadata), key_(key) {
    if (metadata.mac_only_encrypted) checked_.assign(kOnlyEncrypted.begin(), kOnlyEncrypted.end());
  }

  Status walk(Node& node) {
    if (node.kind == Node::Kind::kScalar) return leaf(node);
    for (auto& [name, field] : node.fields) {
      if (field.comment) {
        comment(field);
        continue;
      }
      if (node.kind == Node::Kind::kMap) path_.push_back(name);
      auto done = walk(field);
      if (node.kind == Node::Kind::kMap) path_.pop_back();
      TAUT_TRY(done);
    }
    return {};
  }

  std::string mac() const { return sha512_hex(checked_); }

 private:
  std::string sealed_path() const {
    std::string out;
    for (const std::string& step : path_) out += step + ':';
    return out.empty() ? ":" : out;
  }

  // One that cannot be opened was never encrypted.
  void comment(Node& node) {
    auto plain = decrypt_value(node.scalar.as_string(), key_, sealed_path());
    if (plain) node.scalar = std::move(plain->scalar);
  }

  Status leaf(Node& node) {
    if (node.scalar.is_null()) return {};
    bool encrypted = metadata_.by_comment ? has_cipher_form(node.scalar.as_string()) : metadata_.encrypted(path_);
    if (encrypted) {
      if (!node.scalar.is_string())
        return fail(Code::kInvalid, "Error walking tree: Expected encrypted value as string, but got {}", kind_name(node.scalar.kind()));
      auto plain = decrypt_value(node.scalar.as_string(), key_, sealed_path());
      if (!plain) return fail(Code::kInvalid, "Error walking tree: Could not decrypt value: {}", plain.error().message());
      node.scalar = std::move(plain->scalar);
      node.date = plain->date;
      node.comment = plain->comment;
    }
    if (!node.comment && (encrypted || !metadata_.mac_only_encrypted)) checked_ += checked_bytes(node);
    return {};
  }

  const Metadata& metadata_;
  std::string_view key_;
  std::vector<std::string> path_;
  std::string checked_;
};

// The sums are digests of plain texts, so that none is shown.
Status check_mac(const Metadata& metadata, std::string_view key, const std::string& mac) {
  constexpr std::string_view kProblem = "failed to verify sops data integrity";
  auto original = decrypt_value(metadata.mac, key, metadata.last_modified);
  if (!original) return fail(Code::kInvalid, "{}: {}", kProblem, original.error().message());
  if (original->scalar.empty()) return fail(Code::kInvalid, "{}: the file has no MAC", kProblem);
  if (!same_bytes(original->scalar.as_string(), mac)) return fail(Code::kInvalid, "{}: the values are not those of the MAC", kProblem);
  return {};
}

}  // namespace

std::string_view format_name(Format format) {
  constexpr std::string_view kNames[] = {"binary", "dotenv", "INI", "JSON", "YAML"};
  return kNames[static_cast<size_t>(format)];
}

Format format_of_path(std::string_view path) {
  if (path.ends_with(".yaml") || path.ends_with(".yml")) return Format::kYaml;
  if (path.ends_with(".json")) return Format::kJson;
  if (path.ends_with(".env")) return Format::kDotenv;
  return path.ends_with(".ini") ? Format::kIni : Format::kBinary;
}

bool carries_mark(std::string_view bytes, Format format) {
  for (const Mark& mark : kMarks)
    if (mark.format == format) return bytes.find(mark.text) != std::string_view::npos;
  return false;
}

std::optional<Format> format_of_mark(std::string_view bytes) {
  for (const Mark& mark : kMarks)
    if (bytes.find(mark.text) != std::string_view::npos) return mark.format;
  return std::nullopt;
}

Result<std::string> decrypt(std::string_view bytes, Format in, Format out, const Keys& keys, const Options& options) {
  auto failed = [](const Error& error, std::string_view what) { return Failure(Error(error).with_message(fmt::format("{}: {}", what, error.message()))); };
  auto file = load(bytes, in);
  auto metadata = file ? read_metadata(file->metadata) : Failure(file.error());
  if (!metadata) return failed(metadata.error(), fmt::format("failed to load encrypted {} data", format_name(in)));
  auto key = data_key(*metadata, keys);
  if (!key) return failed(key.error(), "cannot get sops data key");
  Walker walker(*metadata, *key);
  for (Node& document : file->documents)
    if (auto done = walker.walk(document); !done) return failed(done.error(), "error decrypting sops tree");
  if (options.check_mac) TAUT_TRY(check_mac(*metadata, *key, walker.mac()));
  if (in == Format::kYaml && out == Format::kYaml) return emit_yaml(*file, bytes, *key);
  auto text = emit(*file, out);
  if (!text) return failed(text.error(), fmt::format("failed to emit encrypted {} file as decrypted {}", format_name(in), format_name(out)));
  return text;
}

}  // namespace taut::sops
