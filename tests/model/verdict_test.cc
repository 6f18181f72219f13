#include "model/verdict.h"

#include <gtest/gtest.h>

namespace tram {
namespace {

constexpr CheckState Verdict::*kMust[] = {&Verdict::signature, &Verdict::certificate_binding,
                                          &Verdict::chain,     &Verdict::validity,
                                          &Verdict::key_usage, &Verdict::speaks_for};
constexpr CheckState Verdict::*kMay[] = {&Verdict::revocation, &Verdict::time_stamp,
                                         &Verdict::pdf_signatures};

Verdict good() {
  Verdict out;
  for (const auto check : kMust) out.*check = CheckState::good;
  return out;
}

TEST(Verdict, IsGoodWithAllThatMustBeChecked) { EXPECT_TRUE(good().good()); }

TEST(Verdict, UncheckedIsNotGood) {
  EXPECT_FALSE(Verdict().good());
  for (const auto check : kMust) {
    for (const CheckState state : {CheckState::not_checked, CheckState::bad}) {
      Verdict verdict = good();
      verdict.*check = state;
      EXPECT_FALSE(verdict.good());
    }
  }
}

TEST(Verdict, WhatMayBeUncheckedMustNotBeBad) {
  for (const auto check : kMay) {
    Verdict verdict = good();
    verdict.*check = CheckState::good;
    EXPECT_TRUE(verdict.good());
    verdict.*check = CheckState::bad;
    EXPECT_FALSE(verdict.good());
  }
}

TEST(Verdict, WithACauseIsNotGood) {
  Verdict verdict = good();
  verdict.causes.push_back(invalid("", "X", "something"));
  EXPECT_FALSE(verdict.good());
}

TEST(Verdict, SaysWhoseWordItIs) {
  Verdict verdict;
  verdict.agency = AgencyCode::parse("H52.01").value();
  EXPECT_EQ(verdict.who(), "signed by the agency H52.01");
  verdict.node = AgencyCode::parse("H52").value();
  verdict.signed_by = SignedBy::seal;
  EXPECT_EQ(verdict.who(), "sealed by node H52 for the agency H52.01");
  verdict.signed_by = SignedBy::node;
  EXPECT_EQ(verdict.who(), "sealed by node H52 itself for H52.01");
  verdict.signed_by = SignedBy::agency;
  verdict.by_mapping = true;
  EXPECT_EQ(verdict.who(), "signed by the agency H52.01, by explicit mapping");
}

}  // namespace
}  // namespace tram
