using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using BootDepot.Simplestreams.Signatures;
using BootDepot.Simplestreams.Tests.Tools;

namespace BootDepot.Simplestreams.Tests.Signatures;

/// <summary>Our verdict beside those of gpg, gpgv and sqv.</summary>
public sealed class PeerVerdictTests(SharedKeys keys)
{
    private static readonly byte[] Text = Encoding.UTF8.GetBytes("{\n \"a\": \"é\",\n- dash\nFrom here\n\n \"b\": 2\n}\n");

    // The two bytes of the hash are there to find damage early; a signature that fits in spite of them still proves its text.
    private static readonly HashSet<(string Tool, string Field)> Laxness =
    [
        ("gpgv", "first bytes of the hash"),
        ("sqv", "first bytes of the hash"),
    ];

    public static TheoryData<string, string> KeysAndHashes()
    {
        var data = new TheoryData<string, string>();
        foreach (var key in new[] { "rsa2048", "rsa4096", "nistp256", "nistp384", "nistp521", "ed25519" })
        {
            foreach (var hash in new[] { "SHA256", "SHA384", "SHA512" })
            {
                // GnuPG takes no digest that is shorter than the curve's field.
                if (!(key == "nistp521" && hash != "SHA512") && !(key == "nistp384" && hash == "SHA256"))
                    data.Add(key, hash);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(KeysAndHashes))]
    public void What_GnuPG_signs_we_accept_and_read_as_gpgv_does(string algorithm, string hash)
    {
        var keyring = keys.Export(algorithm);
        var message = keys.Gpg.ClearSign(Text, keys.Key(algorithm), hash);
        var verified = ClearSignedText.Verify(message, Keyring.Parse(keyring), keys.Policy);
        verified.Text.ToArray().ShouldBe(Text);
        verified.Text.ToArray().ShouldBe(Judges.GpgvTextOrNull(keyring, message));
        verified.Signature.Key.Hex.ShouldBe(keys.Key(algorithm));
        verified.Signature.Algorithm.ShouldEndWith($", SHA-{hash[3..]}");

        foreach (var armor in new[] { true, false })
        {
            var signature = keys.Gpg.SignDetached(Text, keys.Key(algorithm), hash, armor);
            DetachedSignature.Verify(signature, Text, Keyring.Parse(keyring), keys.Policy).Key.Hex.ShouldBe(keys.Key(algorithm));
        }
    }

    [Theory]
    [InlineData("rsa2048", "ed25519")]
    [InlineData("ed25519", "rsa2048")]
    [InlineData("ed25519", "nistp384/ecdsa")]
    public void What_a_subkey_signs_we_accept_and_so_do_the_others(string primary, string sub)
    {
        var key = keys.Gpg.MakeKey(primary, "cert");
        var subkey = keys.Gpg.AddSubkey(key, sub);
        var keyring = keys.Gpg.Export(key);
        var signature = keys.Gpg.SignDetached(Text, subkey);
        var info = DetachedSignature.Verify(signature, Text, Keyring.Parse(keyring), keys.Policy);
        info.Key.Hex.ShouldBe(subkey);
        info.PrimaryKey.Hex.ShouldBe(key);
        Judges.GpgvAccepts(keyring, signature, Text).ShouldBeTrue();
        Judges.SqvAccepts(keyring, signature, Text).ShouldBeTrue();
    }

    /// <summary>
    /// Every field of a signature packet changed. All of us must refuse, except where the change is one that a verifier may
    /// overlook, listed by name with the reason.
    /// </summary>
    [Theory]
    [InlineData("rsa2048")]
    [InlineData("ed25519")]
    [InlineData("nistp256")]
    public void A_signature_tampered_in_any_field_is_refused_by_all(string algorithm)
    {
        var keyring = keys.Export(algorithm);
        var packet = keys.Gpg.SignDetached(Text, keys.Key(algorithm), armor: false);
        foreach (var (field, position, mask) in Fields(packet))
        {
            var tampered = packet.ToArray();
            tampered[position] ^= mask;
            OursAccepts(keyring, tampered, Text).ShouldBeFalse($"ours, {field}");
            Judges.GpgvAccepts(keyring, tampered, Text).ShouldBe(Laxness.Contains(("gpgv", field)), $"gpgv, {field}");
            Judges.SqvAccepts(keyring, tampered, Text).ShouldBe(Laxness.Contains(("sqv", field)), $"sqv, {field}");
        }

        OursAccepts(keyring, packet, [.. Text, 0]).ShouldBeFalse();
        Judges.GpgvAccepts(keyring, packet, [.. Text, 0]).ShouldBeFalse();
        Judges.SqvAccepts(keyring, packet, [.. Text, 0]).ShouldBeFalse();
        OursAccepts(keyring, packet[..^1], Text).ShouldBeFalse();
        OursAccepts(keyring, [.. packet, 0], Text).ShouldBeFalse();
    }

    [Theory]
    [InlineData(SigningKeyKind.Rsa4096)]
    [InlineData(SigningKeyKind.Ed25519)]
    public void What_we_sign_tampered_in_any_field_is_refused_by_all(SigningKeyKind kind)
    {
        using var key = SigningKey.Create(kind, "tampered", keys.Now);
        var keyring = key.ExportPublicKey();
        var packet = Armor.Decode(key.SignDetached(Text, keys.Now), Armor.Signature);
        OursAccepts(keyring, packet, Text).ShouldBeTrue();
        foreach (var (field, position, mask) in Fields(packet))
        {
            var tampered = packet.ToArray();
            tampered[position] ^= mask;
            OursAccepts(keyring, tampered, Text).ShouldBeFalse($"ours, {field}");
            Judges.GpgvAccepts(keyring, tampered, Text).ShouldBe(Laxness.Contains(("gpgv", field)), $"gpgv, {field}");
            Judges.SqvAccepts(keyring, tampered, Text).ShouldBe(Laxness.Contains(("sqv", field)), $"sqv, {field}");
        }
    }

    /// <summary>Valid signatures that should not count any more: who accepts them all the same.</summary>
    [Theory]
    // sqv takes what was signed while the key was still valid.
    [InlineData("expired key", StreamErrors.SignatureKeyExpired, true, true)]
    [InlineData("revoked key", StreamErrors.SignatureKeyRevoked, true, false)]
    [InlineData("expired signature", StreamErrors.SignatureExpired, false, false)]
    [InlineData("signature in the future", StreamErrors.SignatureInFuture, true, false)]
    [InlineData("SHA-1", StreamErrors.SignatureWeak, true, false)]
    [InlineData("two signatures, one by an unknown key", null, false, true)]
    public void Where_policies_differ_ours_is_the_strict_one(string name, string? code, bool gpgvAccepts, bool sqvAccepts)
    {
        var past = keys.Now.AddDays(-20).ToUnixTimeSeconds();
        var key = keys.Gpg.MakeKey("ed25519", expire: name == "expired key" ? "10d" : "never", at: past);
        var signature = name switch
        {
            "expired signature" => keys.Gpg.SignDetached(Text, key, at: past + 86400, more: ["--default-sig-expire", "3d"]),
            "signature in the future" => keys.Gpg.SignDetached(Text, key, at: keys.Now.AddDays(20).ToUnixTimeSeconds()),
            "SHA-1" => keys.Gpg.SignDetached(Text, key, "SHA1", more: "--allow-weak-digest-algos"),
            "two signatures, one by an unknown key" => keys.Gpg.SignDetached(Text, key, more: ["-u", keys.Key("rsa2048")]),
            _ => keys.Gpg.SignDetached(Text, key, at: past + 86400),
        };
        if (name == "revoked key")
            keys.Gpg.Revoke(key);
        var keyring = keys.Gpg.Export(key);
        CodeOrNull(keyring, signature, Text).ShouldBe(code);
        (Judges.GpgvAccepts(keyring, signature, Text), Judges.SqvAccepts(keyring, signature, Text)).ShouldBe((gpgvAccepts, sqvAccepts));
    }

    [Fact]
    public void A_key_tampered_in_any_part_verifies_nothing()
    {
        var key = new ForgedKey();
        var keyring = key.Keyring();
        var signature = key.Detached(Text);
        // The one exception: the type of the unhashed subpacket with the issuer. It is a hint, and without it the key is tried.
        var hint = keyring.AsSpan().LastIndexOf((byte[])[16, .. Convert.FromHexString(key.Fingerprint.KeyId)]);
        foreach (var i in Enumerable.Range(0, keyring.Length).Where(i => i != hint))
        {
            var tampered = keyring.ToArray();
            tampered[i] ^= 0x01;
            OursAccepts(tampered, signature, Text).ShouldBeFalse($"byte {i}");
        }
    }

    private static IEnumerable<(string Field, int Position, byte Mask)> Fields(byte[] packet)
    {
        var start = (packet[0] & 0x40) != 0 || (packet[0] & 3) == 0 ? 2 : 3;
        var hashedLength = (packet[start + 4] << 8) | packet[start + 5];
        var unhashedLength = (packet[start + 6 + hashedLength] << 8) | packet[start + 7 + hashedLength];
        var check = start + 8 + hashedLength + unhashedLength;
        // The packet is made shorter, never longer: GnuPG overlooks a last packet that ends a byte early.
        // A number's length is in bits: changed by few, GnuPG would not notice, as the number has as many bytes.
        return
        [
            ("tag", 0, 0x01),
            ("packet length", start - 1, (byte)(packet[start - 1] & -packet[start - 1])),
            ("version", start, 0x01),
            ("type", start + 1, 0x01),
            ("public-key algorithm", start + 2, 0x01),
            ("hash algorithm", start + 3, 0x01),
            ("length of the hashed part", start + 5, 0x01),
            ("first subpacket's length", start + 6, 0x01),
            ("first subpacket's type", start + 7, 0x01),
            ("first subpacket's content", start + 10, 0x01),
            ("end of the hashed part", start + 5 + hashedLength, 0x01),
            ("length of the unhashed part", start + 7 + hashedLength, 0x01),
            ("first bytes of the hash", check, 0x01),
            ("length of the first number", check + 3, 0x40),
            ("first number", check + 4, 0x01),
            ("last byte", packet.Length - 1, 0x01),
        ];
    }

    private bool OursAccepts(byte[] keyring, byte[] signature, byte[] data) => CodeOrNull(keyring, signature, data) is null;

    private string? CodeOrNull(byte[] keyring, byte[] signature, byte[] data)
    {
        try
        {
            DetachedSignature.Verify(signature, data, Keyring.Parse(keyring), keys.Policy);
            return null;
        }
        catch (StreamException e)
        {
            return e.Code;
        }
    }
}
