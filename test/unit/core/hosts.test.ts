import { describe, expect, test } from "vitest";
import { isLocalNetwork, isLoopback } from "../../../src/core/hosts.ts";

function hostOf(host: string): string {
  return new URL(`http://${host}:8787/`).hostname;
}

describe("addresses that no deployment has", () => {
  const loopback = ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "127.255.0.9", "[::1]"];
  const local = [
    "10.0.0.1",
    "10.255.255.255",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.20",
    "169.254.7.7",
    "laptop.local",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fe80::1]",
    "[febf::1]",
  ];
  const wide = [
    "example.org",
    "localhost.example.org",
    "notlocalhost",
    "local.example.org",
    "10.0.0.1.example.org",
    "127.0.0.1.example.org",
    "192.168.1.20.example.org",
    "11.0.0.1",
    "126.0.0.1",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.1",
    "192.169.0.1",
    "169.253.1.1",
    "203.0.113.9",
    "[2001:db8::1]",
    "[fec0::1]",
    "[fe00::1]",
    "[fd::1]",
    "[::2]",
  ];

  test.each(loopback)("%s is the machine itself, and local", (host) => {
    expect([isLoopback(hostOf(host)), isLocalNetwork(hostOf(host))]).toEqual([true, true]);
  });

  test.each(local)("%s is local, but not the machine itself", (host) => {
    expect([isLoopback(hostOf(host)), isLocalNetwork(hostOf(host))]).toEqual([false, true]);
  });

  test.each(wide)("%s is neither", (host) => {
    expect([isLoopback(hostOf(host)), isLocalNetwork(hostOf(host))]).toEqual([false, false]);
  });

  test.each(["::1", "fc00::1", "fd12:3456::1", "fe80::1", "febf::1"])(
    "%s without brackets, as an address header spells it, is local too",
    (address) => {
      expect(isLocalNetwork(address)).toBe(true);
      expect(isLoopback(address)).toBe(address === "::1");
    },
  );

  test.each(["2001:db8::1", "fec0::1", "fe00::1", "fd::1", "::2", "::", "unknown", ""])(
    "%j is neither, as an address",
    (address) => {
      expect([isLoopback(address), isLocalNetwork(address)]).toEqual([false, false]);
    },
  );
});
