using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using BootDepot.Catalog.Events;
using BootDepot.Catalog.Imports;
using BootDepot.Images;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Tests.Tools;
using BootDepot.Testing;

namespace BootDepot.Region.Tests.Imports;

/// <summary>
/// Every way in which a source can fail: after a good import the next publication comes with the fault. Each has its own
/// code and a message that says what to do, and what is served stays as it was.
/// </summary>
public sealed class ImportFaultTests
{
    private const string Next = "20260401";
    private const string Products = "streams/v1/" + SignedTree.Ubuntu + ".sjson";
    private const string Squashfs = "noble/amd64/" + Next + "/squashfs";

    private sealed record Case(string Code, Func<ImportFixture, Task> Arrange);

    private static readonly Dictionary<string, Case> Cases = new()
    {
        // Documents
        ["an unsigned index"] = Of("signature-missing", f => f.Mirror.Put(SignedTree.IndexPath, f.Stream.Index())),
        ["an unsigned products document"] = Of("signature-missing", f => f.Mirror.Put(Products, f.Stream.Document(SignedTree.Ubuntu))),
        ["a tampered index"] = Of("signature-bad", f => Tamper(f, SignedTree.IndexPath)),
        ["a tampered products document"] = Of("signature-bad", f => Tamper(f, Products)),
        ["a foreign key"] = Of("signature-key-unknown", f =>
        {
            using var other = new SignedTree();
            f.Mirror.Put(SignedTree.IndexPath, other.Sign(f.Stream.Index()));
        }),
        ["an expired key"] = Gpg("signature-key-expired", (gpg, text) =>
        {
            var long_ago = DateTimeOffset.UtcNow.AddDays(-30).ToUnixTimeSeconds();
            var key = gpg.MakeKey("rsa2048", expire: "20d", at: long_ago);
            return (gpg.Export(key), gpg.ClearSign(text, key, at: long_ago + 60));
        }),
        ["a revoked key"] = Gpg("signature-key-revoked", (gpg, text) =>
        {
            var key = gpg.MakeKey("rsa2048");
            var signed = gpg.ClearSign(text, key);
            gpg.Revoke(key);
            return (gpg.Export(key), signed);
        }),
        ["an expired signature"] = Gpg("signature-expired", (gpg, text) =>
        {
            var long_ago = DateTimeOffset.UtcNow.AddDays(-30).ToUnixTimeSeconds();
            var key = gpg.MakeKey("rsa2048", at: long_ago);
            return (gpg.Export(key), gpg.ClearSign(text, key, at: long_ago + 60, more: ["--default-sig-expire", "1d"]));
        }),
        ["text before the signed block"] = Of("signature-text-outside", f =>
            f.Mirror.Put(SignedTree.IndexPath, [.. "{}\n"u8, .. f.Mirror.Get(SignedTree.IndexPath)])),
        ["text after the signed block"] = Of("signature-text-outside", f =>
            f.Mirror.Put(SignedTree.IndexPath, [.. f.Mirror.Get(SignedTree.IndexPath), .. "{}\n"u8])),
        ["a missing products document"] = Of("transfer-not-found", f => f.Mirror.Remove(Products)),
        ["a products document of another stream"] = Of("document-wrong-content-id", f =>
            f.Mirror.Put(Products, f.Mirror.Get(SignedTree.PathOf(SignedTree.Loaders)))),
        ["an index in place of products"] = Of("document-wrong-format", f => f.Mirror.Put(Products, f.Mirror.Get(SignedTree.IndexPath))),
        ["signed garbage"] = Of("document-malformed", f => f.Mirror.Put(Products, f.Stream.Sign("this is no JSON\n"u8.ToArray()))),
        ["unsigned garbage"] = Of("signature-missing", f => f.Mirror.Put(SignedTree.IndexPath, "<html>captive portal</html>"u8.ToArray())),
        ["a document of 70 MB"] = Of("transfer-document-too-large", f => f.Mirror.Put(Products, new byte[70_000_000])),
        ["deeply nested JSON"] = Of("document-too-deep", f => f.Mirror.Put(Products, f.Stream.Sign(
            Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":\n", 200)) + "1" + string.Concat(Enumerable.Repeat("}\n", 200)))))),
        ["a key twice in one object"] = Of("document-duplicate-key", f => f.Mirror.Put(Products, f.Stream.Sign(
            "{\"format\": \"products:1.0\", \"format\": \"products:1.0\"}\n"u8.ToArray()))),
        ["an index path above the base"] = Of("path-unsafe", f => ReplaceInIndex(f, "\"streams/v1/com.ubuntu.maas:stable:v3", "\"../streams/v1/com.ubuntu.maas:stable:v3")),
        ["an old signed document"] = Of("document-went-back", f =>
        {
            f.Stream.Updated -= TimeSpan.FromDays(3);
            f.Stream.Publish(f.Mirror);
        }),

        // Items
        ["an item path above the base"] = Item("path-unsafe", "path", "../../etc/passwd"),
        ["an absolute item path"] = Item("path-unsafe", "path", "/etc/passwd"),
        ["an item path that is a URL"] = Item("path-unsafe", "path", "http://169.254.169.254/latest"),
        ["an item path among the documents"] = Item("path-unsafe", "path", "streams/v1/index.sjson"),
        ["a malformed digest"] = Item("item-digest-malformed", "sha256", "abc"),
        ["no digest"] = Item("item-digest-missing", "sha256", null),
        ["a malformed size"] = Item("item-size-malformed", "size", "-5"),
        ["two items of one name"] = Item("item-duplicate", "path", "elsewhere/boot-kernel"),
        ["a version without its root"] = Item("version-incomplete", "ftype", "unheard-of"),

        // Files
        ["a file of the wrong size, larger"] = Of("transfer-size-mismatch", f => f.Mirror.Put(Squashfs, new byte[9000])),
        ["a file of the wrong size, smaller"] = Of("transfer-size-mismatch", f => f.Mirror.Put(Squashfs, new byte[90])),
        ["a file with other bytes"] = Of("transfer-digest-mismatch", f => f.Mirror.Put(Squashfs, new byte[2003])),
        ["a truncated file"] = Of("transfer-truncated", f => f.Mirror.Break(Squashfs, async http =>
        {
            http.Response.ContentLength = 2003;
            await http.Response.Body.WriteAsync(new byte[1000]);
            await http.Response.Body.FlushAsync();
            http.Abort();
        })),
        ["404 for a file"] = Of("transfer-not-found", f => f.Mirror.Remove(Squashfs)),
        ["403 for a file"] = Of("transfer-forbidden", f => f.Mirror.Break(Squashfs, 403)),
        ["503 for a file"] = Of("transfer-server-error", f => f.Mirror.Break(Squashfs, 503)),
        ["500 for the index"] = Of("transfer-server-error", f => f.Mirror.Break(SignedTree.IndexPath, 500)),
        ["403 for the index"] = Of("transfer-forbidden", f => f.Mirror.Break(SignedTree.IndexPath, 403)),
        ["404 for the index"] = Of("transfer-not-found", f => f.Mirror.Remove(SignedTree.IndexPath)),
        ["a redirect loop"] = Of("transfer-redirect-loop", f => f.Mirror.Break(Squashfs, http =>
        {
            http.Response.Redirect("/" + Squashfs);
            return Task.CompletedTask;
        })),
        ["a redirect to a file"] = Of("transfer-redirect-refused", f => f.Mirror.Break(Squashfs, http =>
        {
            http.Response.Redirect("file:///etc/passwd");
            return Task.CompletedTask;
        })),
        ["a stall in a file"] = Of("transfer-stalled", f => f.Mirror.Break(Squashfs, async http =>
        {
            http.Response.ContentLength = 2003;
            await http.Response.Body.WriteAsync(new byte[1000]);
            await http.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        })),

        // The way there
        ["a refused connection"] = Url("transfer-connection-refused", "http://127.0.0.1:1/"),
        ["a name without an address"] = Url("transfer-dns", "http://mirror.invalid/"),
        ["a URL that is none"] = Url("url-invalid", "ftp://mirror.example/"),
        ["a proxy that wants a password"] = new("transfer-proxy-auth", async f =>
        {
            var proxy = await FakeMirror.StartAsync();
            proxy.Break("*", 407);
            (await f.Settings.SetAsync("http_proxy", JsonValue.Create(proxy.Url), Actor.System, CancellationToken.None)).ShouldBeNull();
        }),
        ["a certificate that nobody vouches for"] = new("transfer-tls", async f =>
        {
            var secure = await FakeMirror.StartAsync(certificate: SelfSigned());
            await f.ChangeSourceAsync(s => s.Url = secure.Url);
        }),
        ["no keyring"] = new("keyring-missing", f => f.ChangeSourceAsync(s => (s.KeyringData, s.KeyringFilename) = ([], "/no/such/keyring.gpg"))),
        ["a keyring that is none"] = new("keyring-malformed", f => f.ChangeSourceAsync(s => s.KeyringData = [1, 2, 3])),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_fault_has_its_code_and_leaves_what_is_served(string name)
    {
        await using var fixture = await ImportFixture.CreateAsync();
        (await fixture.ImportAsync()).State.ShouldBe(ImportState.Done);
        var served = await fixture.ServedAsync();
        served.Count.ShouldBe(2);
        fixture.Stream.AddUbuntu(fixture.Mirror, version: Next);
        fixture.Stream.Publish(fixture.Mirror);

        await Cases[name].Arrange(fixture);
        var progress = await fixture.ImportAsync();

        var problem = progress.Problems.FirstOrDefault(p => p.Fault.Code == Cases[name].Code);
        problem.ShouldNotBeNull(string.Join('\n', progress.Problems));
        problem.Level.ShouldBeOneOf(ProblemLevel.Error, ProblemLevel.Warning);
        problem.Fault.Message.Length.ShouldBeGreaterThan(40);
        progress.State.ShouldBe(problem.Level == ProblemLevel.Error ? ImportState.Incomplete : ImportState.Done);
        (await fixture.ServedAsync()).ShouldBe(served);
    }

    [Fact]
    public void Every_code_of_the_table_is_documented()
    {
        var documented = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "error-codes.md"));
        Cases.Values.Select(c => c.Code).Distinct().Where(c => !documented.Contains($"`{c}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static Case Of(string code, Action<ImportFixture> arrange) => new(code, fixture =>
    {
        arrange(fixture);
        return Task.CompletedTask;
    });

    // The index of the next publication, signed as the recipe says; the source trusts the recipe's keyring.
    private static Case Gpg(string code, Func<GnuPg, byte[], (byte[] Keyring, byte[] Signed)> recipe) => new(code, async fixture =>
    {
        using var gpg = new GnuPg();
        var (keyring, signed) = recipe(gpg, fixture.Stream.Index());
        fixture.Mirror.Put(SignedTree.IndexPath, signed);
        await fixture.ChangeSourceAsync(s => s.KeyringData = keyring);
    });

    // The squashfs of the next publication with one key changed.
    private static Case Item(string code, string key, string? value) => Of(code, fixture =>
    {
        var product = fixture.Stream.AddUbuntu(fixture.Mirror, version: Next);
        var version = product.Versions[Next];
        var items = version.Items.Values.Select(item => item.Name != "squashfs" ? item : item with
        {
            Tags = new OrderedMap<TagValue>(item.Tags.Where(t => t.Key != key)
                .Concat(value is null ? [] : [KeyValuePair.Create(key, TagValue.Of(value))])),
        });
        var old = new ProductVersion
        {
            Name = "20260309",
            Items = SignedTree.Map(version.Items.Values.Select(i => i with
            {
                Tags = new OrderedMap<TagValue>(i.Tags.Select(t => t.Key switch
                {
                    "path" => KeyValuePair.Create(t.Key, TagValue.Of(t.Value.TextOrNull!.Replace(Next, "20260309", StringComparison.Ordinal))),
                    "sha256" => KeyValuePair.Create(t.Key, TagValue.Of(Convert.ToHexStringLower(
                        SHA256.HashData(fixture.Mirror.Get($"noble/amd64/20260309/{i.Name}"))))),
                    _ => t,
                })),
            }), i => i.Name),
        };
        fixture.Stream.Add(SignedTree.Ubuntu, product with
        {
            Versions = SignedTree.Map([old, version with { Items = SignedTree.Map(items, i => i.Name) }], v => v.Name),
        });
        fixture.Stream.Publish(fixture.Mirror);
    });

    private static Case Url(string code, string url) => new(code, fixture => fixture.ChangeSourceAsync(s => s.Url = url));

    private static void Tamper(ImportFixture fixture, string path)
    {
        var text = Encoding.UTF8.GetString(fixture.Mirror.Get(path));
        var tampered = text.Replace("image-ids", "image-idz", StringComparison.Ordinal);
        tampered.ShouldNotBe(text);
        fixture.Mirror.Put(path, Encoding.UTF8.GetBytes(tampered));
    }

    private static void ReplaceInIndex(ImportFixture fixture, string what, string with)
    {
        var text = Encoding.UTF8.GetString(fixture.Stream.Index());
        text.ShouldContain(what);
        fixture.Mirror.Put(SignedTree.IndexPath, fixture.Stream.Sign(Encoding.UTF8.GetBytes(text.Replace(what, with, StringComparison.Ordinal))));
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
