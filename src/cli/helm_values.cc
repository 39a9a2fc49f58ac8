#include "cli/helm_values.hh"

#include <array>
#include <cstdio>

#include "base/strings.hh"
#include "io/net/http.hh"

namespace taut::cli {
namespace {

Result<std::string> fetch(const std::string& url) {
  net::HttpClient http({});
  net::HttpRequest request;
  request.url = url;
  request.max_redirects = 10;
  request.timeout = net::Milliseconds(60'000);
  TAUT_ASSIGN(auto response, http.send(std::move(request)));
  if (response.status != 200) return fail(Code::kNotFound, "failed to fetch {} : {}", url, response.status);
  return std::move(response.body);
}

std::string read_all(std::FILE* file) {
  std::string out;
  std::array<char, 1 << 14> buffer;
  while (size_t size = std::fread(buffer.data(), 1, buffer.size(), file)) out.append(buffer.data(), size);
  return out;
}

}  // namespace

Result<std::string> read_helm_file(std::string_view path) {
  if (trim(path) == "-") return read_all(stdin);
  if (path.starts_with("http://") || path.starts_with("https://")) return fetch(std::string(path));
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(std::string(path).c_str(), "re"), std::fclose);
  if (!file) return fail(Code::kNotFound, "open {}: no such file or directory", path);
  return read_all(file.get());
}

void HelmValues::declare(Flags& flags) {
  flags.add("values", 'f', "FILE", "values in a YAML file, a URL, or - for standard input; can be given several times",
            &files_);
  flags.add("set", 0, "KEY=VALUE", "set values: a=1,b.c=x,d={x,y}; can be given several times", &values_.typed);
  flags.add("set-string", 0, "KEY=VALUE", "as --set, all values are text", &values_.strings);
  flags.add("set-json", 0, "KEY=JSON", "set JSON values, or a whole JSON object", &values_.json);
  flags.add("set-file", 0, "KEY=FILE", "set values to the text of files", &values_.set_files);
  flags.add("set-literal", 0, "KEY=TEXT", "set one value, taken as it is", &values_.literals);
}

Result<helm::ValueSources> HelmValues::sources() const {
  helm::ValueSources out = values_;
  for (const std::string& list : files_) {
    for (std::string_view file : split(list, ',')) {
      TAUT_ASSIGN(std::string text, read_helm_file(file));
      out.files.push_back({std::string(file), std::move(text)});
    }
  }
  return out;
}

Result<Value> HelmValues::merged() const {
  TAUT_ASSIGN(helm::ValueSources given, sources());
  return helm::merge_value_sources(given, read_helm_file);
}

}  // namespace taut::cli
