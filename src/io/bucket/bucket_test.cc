#include <gtest/gtest.h>

#include "io/bucket/sign.hh"
#include "io/bucket/xml.hh"

namespace taut::bucket {
namespace {

// The example of AWS' documents, "Signature Calculations for the Authorization Header": a list of a bucket.
TEST(BucketSign, signs_as_the_documents_of_aws_show) {
  Unsigned request{"GET", "examplebucket.s3.amazonaws.com", "/", {{"prefix", "J"}, {"max-keys", "2"}}};
  SigningKey key{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "us-east-1"};
  auto headers = sign(request, key, *parse_rfc3339("2013-05-24T00:00:00Z"));
  EXPECT_EQ(headers[0].second, "20130524T000000Z");
  EXPECT_EQ(headers[2].second,
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            "SignedHeaders=host;x-amz-content-sha256;x-amz-date,"
            "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(BucketSign, queries_are_encoded_and_sorted) {
  EXPECT_EQ(canonical_query({{"prefix", "a b/\xc3\xa4"}, {"list-type", "2"}}), "list-type=2&prefix=a%20b%2F%C3%A4");
}

TEST(BucketXml, elements_texts_and_entities_are_read) {
  auto root = read_xml("<?xml version=\"1.0\"?>\n<!-- c --><L xmlns='x'>\n <T>true</T><C><K>a &lt;&#38;&#x3e; b</K><E a=\">\">\"1\"</E></C><N/><D><![CDATA[<x>]]></D>\n</L>\n");
  ASSERT_TRUE(root) << root.error().message();
  EXPECT_EQ(root->name, "L");
  EXPECT_EQ(root->child("T"), "true");
  EXPECT_EQ(root->children[1].child("K"), "a <&> b");
  EXPECT_EQ(root->children[1].child("E"), "\"1\"");
  EXPECT_EQ(root->child("N"), "");
  EXPECT_EQ(root->child("D"), "<x>");
}

TEST(BucketXml, what_is_not_well_formed_is_refused) {
  for (const char* text : {"", "text", "<a>", "<a></b>", "</a>", "<a b=\"></a>", "<a>&x;</a>", "<!DOCTYPE a [<!ENTITY x \"y\">]><a/>", "<a/><b/>", "< >", "<a><!-- "})
    EXPECT_FALSE(read_xml(text)) << text;
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  EXPECT_FALSE(read_xml(deep));
}

}  // namespace
}  // namespace taut::bucket
