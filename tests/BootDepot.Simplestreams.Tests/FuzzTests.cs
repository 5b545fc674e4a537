using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using BootDepot.Simplestreams.Documents;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Simplestreams.Tests.Tools;

namespace BootDepot.Simplestreams.Tests;

/// <summary>
/// Damages valid inputs at random. Whatever comes in, a parser takes it or throws a StreamException, in bounded time and
/// memory; and what a verifier accepts is the text that was signed. BOOTDEPOT_FUZZ_SECONDS (per parser) makes it run
/// longer, with a new seed each time.
/// </summary>
public sealed class FuzzTests
{
    private const int AllocationBase = 16 * 1024 * 1024;
    private const int AllocationPerByte = 400;

    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_750_000_000);
    private static readonly VerificationPolicy Policy = new(Now);
    private static readonly byte[] Text = "{\n \"a\": 1,\n \"b\": [\n  2\n ]\n}\n"u8.ToArray();

    [Fact]
    public void Keyrings_are_parsed_or_refused()
    {
        var (key, subkey) = (new ForgedKey(), new ForgedKey(27));
        using var rsa = SigningKey.Create(SigningKeyKind.Ed25519, "fuzz", Now);
        byte[] keyring = [.. key.Keyring(null, key.Subkey(subkey, subkey)), .. rsa.ExportPublicKey()];
        Fuzz([keyring, Encoding.ASCII.GetBytes(Armor.Encode(keyring, Armor.PublicKey)), Encoding.ASCII.GetBytes(Convert.ToBase64String(keyring))],
            input => Keyring.Parse(input));
    }

    [Fact]
    public void Signed_messages_are_refused_or_give_the_signed_text()
    {
        using var key = SigningKey.Create(SigningKeyKind.Ed25519, "fuzz", Now);
        var keyring = Keyring.Parse(key.ExportPublicKey());
        Fuzz([key.ClearSign(Text, Now)], input =>
        {
            var text = ClearSignedText.Verify(input, keyring, Policy).Text;
            text.Span.SequenceEqual(Text).ShouldBeTrue("an unsigned text was given out");
        });
    }

    [Fact]
    public void Detached_signatures_are_refused_or_fit()
    {
        using var key = SigningKey.Create(SigningKeyKind.Ed25519, "fuzz", Now);
        var keyring = Keyring.Parse(key.ExportPublicKey());
        var armored = key.SignDetached(Text, Now);
        Fuzz([armored, Armor.Decode(armored, Armor.Signature)], input =>
        {
            DetachedSignature.Verify(input, Text, keyring, Policy).Key.ShouldBe(key.Fingerprint);
            Should.Throw<StreamException>(() => DetachedSignature.Verify(input, "other"u8.ToArray(), keyring, Policy));
        });
    }

    [Fact]
    public void Signing_keys_are_loaded_or_refused()
    {
        using var key = SigningKey.Create(SigningKeyKind.Ed25519, "fuzz", Now);
        var file = key.ExportSecretKey();
        Fuzz([file, Armor.Decode(file, Armor.SecretKey)], input =>
        {
            using var loaded = SigningKey.Load(input);
            loaded.SignDetached(Text, Now);
        });
    }

    [Fact]
    public void Index_documents_are_read_or_refused() =>
        Fuzz(["""{"format":"index:1.0","updated":"x","index":{"c:d":{"path":"streams/v1/c.json","format":"products:1.0","products":["p"],"x":{"y":[1,null,true]}}},"z":"\u00e9"}"""u8.ToArray()],
            input => DocumentWriter.Write(DocumentReader.ReadIndex(input)));

    [Fact]
    public void Products_documents_are_read_or_refused() =>
        Fuzz(["""{"format":"products:1.0","content_id":"c","_aliases":{"r":{"u":{"e":"f"}}},"products":{"p":{"r":"u","versions":{"20260309":{"items":{"i":{"path":"a/b","size":1,"sha256":"00"}}}}}}}"""u8.ToArray()],
            input =>
            {
                var document = DocumentReader.ReadProducts(input);
                foreach (var item in document.Flatten())
                    item.ToDictionary().Count.ShouldBeGreaterThan(3);
                var written = DocumentWriter.Write(document);
                DocumentWriter.Write(DocumentReader.ReadProducts(written)).ShouldBe(written);
            });

    private static void Fuzz(IReadOnlyList<byte[]> seeds, Action<byte[]> parse)
    {
        var setting = Environment.GetEnvironmentVariable("BOOTDEPOT_FUZZ_SECONDS");
        var seconds = setting is null ? 0.6 : double.Parse(setting, CultureInfo.InvariantCulture);
        var seed = setting is null ? 4711 : Environment.TickCount;
        var random = new Random(seed);
        var watch = Stopwatch.StartNew();
        for (var round = 0; watch.Elapsed.TotalSeconds < seconds; round++)
        {
            var input = Mutate(seeds[random.Next(seeds.Count)], random);
            var started = watch.Elapsed;
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                parse(input);
            }
            catch (StreamException)
            {
                // What is asked for.
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}, round {round}, input {Convert.ToBase64String(input)}: {e.Message}", e);
            }

            (GC.GetAllocatedBytesForCurrentThread() - allocated).ShouldBeLessThan(AllocationBase + ((long)AllocationPerByte * input.Length), $"seed {seed}, round {round}");
            (watch.Elapsed - started).TotalSeconds.ShouldBeLessThan(30, $"seed {seed}, round {round}");
        }
    }

    private static byte[] Mutate(byte[] valid, Random random)
    {
        var bytes = new List<byte>(valid);
        for (var changes = random.Next(1, 5); changes > 0 && bytes.Count > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            var length = random.Next(1, Math.Min(64, bytes.Count - at) + 1);
            switch (random.Next(8))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes[at] = new byte[] { 0, 1, 4, 0x7f, 0x80, 0xc0, 0xe0, 0xfe, 0xff, (byte)'"', (byte)'{', (byte)'[', (byte)'-', (byte)'\n' }[random.Next(14)];
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, length));
                    break;
                case 5:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 6:
                    bytes.InsertRange(at, RandomBytes(random, length));
                    break;
                default:
                    for (var i = at; i < Math.Min(at + 4, bytes.Count); i++)
                        bytes[i] = 0xff;
                    break;
            }
        }

        return [.. bytes];
    }

    private static byte[] RandomBytes(Random random, int length)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }
}
