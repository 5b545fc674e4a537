using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace BootDepot.Client.Tests;

/// <summary>
/// The public surface of both packages is recorded in PublicSurface.txt, so that a change of it is seen in review. After a
/// deliberate change run the tests once with BOOTDEPOT_UPDATE_SURFACE=1.
/// </summary>
public sealed partial class PublicSurfaceTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    [Fact]
    public void The_public_surface_is_the_recorded_one()
    {
        var file = Path.Combine(Root(), "tests", "BootDepot.Client.Tests", "PublicSurface.txt");
        var lines = typeof(MaasClient).Assembly.GetExportedTypes().Concat(typeof(Profiles.ProfileStore).Assembly.GetExportedTypes()).OrderBy(t => t.FullName, StringComparer.Ordinal).SelectMany(Describe).ToArray();
        if (Environment.GetEnvironmentVariable("BOOTDEPOT_UPDATE_SURFACE") == "1")
            File.WriteAllLines(file, lines);
        string.Join('\n', lines).ShouldBe(string.Join('\n', File.ReadAllLines(file)));
    }

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "BootDepot.slnx")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static IEnumerable<string> Describe(Type type)
    {
        yield return $"{Kind(type)} {type}";
        foreach (var line in type.GetMembers(Declared).Where(IsWritten).Select(Describe).Order(StringComparer.Ordinal))
            yield return $"  {line}";
    }

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsValueType ? "struct" : type.IsAbstract && type.IsSealed ? "static class" : type.IsSealed ? "sealed class" : "class";

    private static bool IsWritten(MemberInfo member) =>
        member is not MethodInfo { IsSpecialName: true } and not Type
        && !member.IsDefined(typeof(CompilerGeneratedAttribute))
        && member.Name != "value__";

    private static string Describe(MemberInfo member) => Short(member switch
    {
        FieldInfo { IsLiteral: true } field => $"{field} = {field.GetRawConstantValue()}",
        PropertyInfo property => $"{property} {{{(property.CanRead ? " get;" : "")}{Setter(property)} }}",
        MethodInfo { IsStatic: true } method => $"static {method}",
        _ => member.ToString()!,
    });

    private static string Setter(PropertyInfo property)
    {
        if (property.SetMethod is not { IsPublic: true } setter)
            return "";
        return setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;";
    }

    private static string Short(string text) => Namespaces().Replace(text, "");

    [GeneratedRegex(@"\b(System\.([A-Z][A-Za-z]+\.)*|BootDepot\.Client\.(Profiles\.)?)(?=[A-Z])", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Namespaces();
}
