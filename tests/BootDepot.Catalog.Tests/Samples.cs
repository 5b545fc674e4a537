using System;
using BootDepot.Catalog.Resources;
using BootDepot.Catalog.Sources;
using BootDepot.Catalog.Users;

namespace BootDepot.Catalog.Tests;

/// <summary>Rows with the least that they need.</summary>
internal static class Samples
{
    public static BootSource Source(string url = "http://images.example/stable/", string? name = null) =>
        new() { Url = url, Name = name ?? url };

    public static BootSourceSelection Selection(string os, string release) => new() { Os = os, Release = release };

    public static SourceDocument Document(int sourceId, string path = "streams/v1/index.sjson") =>
        new() { BootSourceId = sourceId, Path = path, Sha256 = Hex('a'), Content = "{}"u8.ToArray() };

    public static Offer Offer(int sourceId) =>
        new() { BootSourceId = sourceId, Os = "ubuntu", Release = "noble", Arch = "amd64", Subarch = "generic", Label = "stable", Version = "20260309" };

    public static BootResource Resource(string name = "ubuntu/noble", ResourceKind kind = ResourceKind.Synced, string architecture = "amd64/generic") =>
        new() { Name = name, Kind = kind, Architecture = architecture };

    public static ResourceSet Set(string version = "20260309", bool complete = false) =>
        new() { Version = version, Label = "stable", CompletedAt = complete ? DateTimeOffset.UnixEpoch : null };

    public static ResourceFile File(string name = "boot-kernel", char digit = 'a') =>
        new() { Filename = name, FileType = "boot-kernel", Sha256 = Hex(digit), Size = 1 };

    public static User User(string name = "admin") => new() { Username = name };

    public static ApiKey Key(string token = "token") => new() { Name = "", ConsumerKey = "consumer", TokenKey = token, SecretHash = [1] };

    public static string Hex(char digit) => new(digit, 64);

    public static BootResource With(this BootResource resource, params ResourceSet[] sets)
    {
        resource.Sets.AddRange(sets);
        return resource;
    }

    public static ResourceSet With(this ResourceSet set, params ResourceFile[] files)
    {
        set.Files.AddRange(files);
        return set;
    }
}
