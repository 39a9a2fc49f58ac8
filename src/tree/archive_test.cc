#include "tree/archive.hh"

#include <gtest/gtest.h>
#include <zlib.h>

namespace taut {
namespace {

// One entry as a writer of ustar archives makes it.
std::string entry(std::string_view name, char type, std::string_view body, std::string_view link = "",
                  int mode = 0644) {
  std::string header(512, '\0');
  auto put = [&](size_t offset, std::string_view text) { header.replace(offset, text.size(), text); };
  put(0, name);
  put(100, fmt::format("{:07o}", mode));
  put(124, fmt::format("{:011o}", body.size()));
  header[156] = type;
  put(157, link);
  put(257, std::string_view("ustar\0"
                            "00",
                            8));
  put(148, "        ");
  unsigned sum = 0;
  for (unsigned char c : header) sum += c;
  put(148, fmt::format("{:06o}", sum));
  header[154] = '\0';
  std::string out = header + std::string(body);
  out.resize((out.size() + 511) / 512 * 512);
  return out;
}

std::string end() { return std::string(1024, '\0'); }

std::string gzip(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

TEST(Archive, reads_files_folders_and_links) {
  std::string tar = entry("chart/", '5', "") + entry("chart/Chart.yaml", '0', "name: c") +
                    entry("./chart/run.sh", '0', "#!", "", 0755) + entry("chart/link", '2', "", "Chart.yaml") +
                    entry("chart/hard", '1', "", "chart/Chart.yaml") + entry("dev", '3', "") + end();
  for (const std::string& bytes : {tar, gzip(tar)}) {
    auto tree = read_archive(bytes);
    ASSERT_TRUE(tree) << tree.error().to_string();
    EXPECT_EQ(**(*tree)->read("chart/Chart.yaml"), "name: c");
    EXPECT_EQ(**(*tree)->read("chart/link"), "name: c");
    EXPECT_EQ(**(*tree)->read("chart/hard"), "name: c");
    EXPECT_TRUE((*tree)->stat("chart/run.sh")->executable);
    EXPECT_FALSE((*tree)->stat("dev"));
  }
}

TEST(Archive, reads_long_names_of_gnu_and_pax) {
  std::string name = "chart/" + std::string(150, 'n');
  std::string gnu = entry("././@LongLink", 'L', name + '\0') + entry("chart/short", '0', "gnu") + end();
  EXPECT_EQ(**(*read_archive(gnu))->read(name), "gnu");
  std::string record = fmt::format(" path={}\n", name);
  record = std::to_string(record.size() + 3) + record;
  std::string pax = entry("pax", 'x', record) + entry("chart/short", '0', "pax") + entry("next", '0', "n") + end();
  auto tree = *read_archive(pax);
  EXPECT_EQ(**tree->read(name), "pax");
  EXPECT_EQ(**tree->read("next"), "n");
}

TEST(Archive, refuses_what_leads_out) {
  EXPECT_EQ(read_archive(entry("../evil", '0', "x") + end()).error().code(), Code::kForbidden);
  EXPECT_EQ(read_archive(entry("/etc/evil", '0', "x") + end()).error().code(), Code::kForbidden);
  EXPECT_EQ(read_archive(entry("a", '2', "", "../../etc") + end()).error().code(), Code::kForbidden);
  EXPECT_EQ(read_archive(entry("a", '2', "", "/etc") + end()).error().code(), Code::kForbidden);
}

TEST(Archive, stops_at_its_limits) {
  std::string tar = entry("a", '0', std::string(2000, 'x')) + entry("b", '0', "y") + end();
  EXPECT_EQ(read_archive(tar, {.file = 1000}).error().code(), Code::kLimit);
  EXPECT_EQ(read_archive(tar, {.entries = 1}).error().code(), Code::kLimit);
  std::string bomb = gzip(std::string(20 << 20, '\0'));
  EXPECT_LT(bomb.size(), 100'000u);
  EXPECT_EQ(read_archive(bomb, {.total = 10 << 20}).error().code(), Code::kLimit);
}

TEST(Archive, refuses_what_is_broken) {
  std::string tar = entry("a", '0', std::string(2000, 'x')) + end();
  EXPECT_EQ(read_archive(tar.substr(0, 1000)).error().code(), Code::kInvalid);
  EXPECT_EQ(read_archive("no tar at all").error().code(), Code::kInvalid);
  EXPECT_EQ(read_archive(std::string(600, 'x')).error().code(), Code::kInvalid);
  EXPECT_EQ(read_archive("").error().code(), Code::kInvalid);
  std::string packed = gzip(tar);
  EXPECT_EQ(read_archive(packed.substr(0, packed.size() / 2)).error().code(), Code::kInvalid);
  tar[5] ^= 1;
  EXPECT_EQ(read_archive(tar).error().code(), Code::kInvalid);
}

}  // namespace
}  // namespace taut
